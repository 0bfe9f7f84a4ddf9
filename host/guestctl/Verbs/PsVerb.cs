using System.Buffers;
using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Processes;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ps</c>: what runs?</summary>
internal sealed class PsVerb : GuestVerb
{
    private const int Page = 1000;

    private static readonly SearchValues<char> Letters = SearchValues.Create("auxfwl");

    private readonly Option<string?> _user = new("--user", "-u")
    {
        Description = "Only processes of this user: a name or a number",
        HelpName = "USER",
    };

    private readonly Option<string?> _name = new("--name", "-C")
    {
        Description = "Only processes with this name, or whose program file has it",
        HelpName = "NAME",
    };

    private readonly Option<bool> _all = new("--all", "-e", "-A", "-a") { Description = "Show all processes, which it does anyway" };

    private readonly Option<bool> _full = new("--full", "-f", "-l", "-w") { Description = "Show all of each, which it does anyway" };

    private readonly Argument<string?> _letters = new("LETTERS")
    {
        Description = "Letters of ps(1) without a dash, such as aux: all is shown anyway",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result =>
        {
            string word = result.Tokens[0].Value;
            if (word.Length == 0 || word.AsSpan().ContainsAnyExcept(Letters))
            {
                result.AddError($"{word}: not known here; letters are those of aux, f, l and w");
            }

            return word;
        },
    };

    public PsVerb()
        : base("ps", "List the processes of the guest.", "guestctl -g /run/vm1/agent.sock ps -u root")
    {
        Add(_user);
        Add(_name);
        Add(_all);
        Add(_full);
        Add(_letters);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        List<ProcessEntry> page = [];
        string? user = parsed.GetValue(_user);
        if (user == "x" && parsed.GetValue(_all))
        {
            // ps -aux, which ps(1) takes for ps aux.
            user = null;
        }

        await foreach (ProcessEntry process in guest.Processes.ListAsync(
            user, parsed.GetValue(_name), interrupts.First))
        {
            if (page.Count == Page)
            {
                Print(report, new ProcessListResult(page, Truncated: true));
                page = [];
            }

            page.Add(process);
        }

        Print(report, new ProcessListResult(page, Truncated: false));
        return ExitCodes.Success;
    }

    private static void Print(Report report, ProcessListResult page) => report.Result(
        page,
        ProcessListJson.Default.ProcessListResult,
        page => Processes.Table(page.Processes, TimeZoneInfo.Local, report.Width));
}
