using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GuestAgent.Cli;

/// <summary>An option whose value is a time in seconds, such as <c>2.5</c>.</summary>
internal sealed class SecondsOption : Option<TimeSpan?>
{
    private readonly TimeSpan _most;

    /// <summary>Creates the option.</summary>
    /// <param name="name">Its name with the dashes.</param>
    /// <param name="description">What the time is for.</param>
    /// <param name="most">Longest time allowed; zero is never allowed.</param>
    public SecondsOption(string name, string description, TimeSpan most)
        : base(name)
    {
        _most = most;
        Description = description;
        HelpName = "SECONDS";
        CustomParser = Read;
    }

    private TimeSpan? Read(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double seconds)
            && seconds > 0 && seconds <= _most.TotalSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{Name} is a number of seconds, above 0 and at most {_most.TotalSeconds}"));
        return null;
    }
}
