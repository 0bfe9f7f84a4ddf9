using System.CommandLine;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli;

/// <summary>How sizes are shown: for people on a terminal, in bytes elsewhere, unless told.</summary>
internal sealed class SizeOptions
{
    private readonly Option<bool> _human = new("--human", "-h")
    {
        Description = "Show sizes as 1.5K, 23M; so by default on a terminal (help is --help)",
    };

    private readonly Option<bool> _bytes = new("--bytes", "-b")
    {
        Description = "Show sizes in bytes; so by default when no terminal shows the output",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_human);
        verb.Add(_bytes);
    }

    /// <summary>True for people.</summary>
    public bool IsHuman(ParseResult parsed, Report report) =>
        parsed.GetValue(_human) || (report.Width is not null && !parsed.GetValue(_bytes));
}
