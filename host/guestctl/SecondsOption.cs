using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GuestAgent.Cli;

/// <summary>An option whose value is a time in seconds, such as <c>2.5</c>.</summary>
internal sealed class SecondsOption : Option<TimeSpan?>
{
    private const string None = "none";

    private readonly TimeSpan _most;
    private readonly TimeSpan? _least;
    private readonly bool _takesNone;

    /// <summary>Creates the option.</summary>
    /// <param name="name">Its name with the dashes.</param>
    /// <param name="description">What the time is for.</param>
    /// <param name="most">Longest time allowed.</param>
    /// <param name="least">Shortest time allowed; any above zero when null.</param>
    /// <param name="takesNone">Whether <c>none</c> stands for no limit, <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public SecondsOption(string name, string description, TimeSpan most, TimeSpan? least = null, bool takesNone = false)
        : base(name)
    {
        _most = most;
        _least = least;
        _takesNone = takesNone;
        Description = description;
        HelpName = takesNone ? "SECONDS|none" : "SECONDS";
        CustomParser = Read;
    }

    private TimeSpan? Read(ArgumentResult result)
    {
        string word = result.Tokens[0].Value;
        if (_takesNone && word == None)
        {
            return Timeout.InfiniteTimeSpan;
        }

        bool isNumber = double.TryParse(word, CultureInfo.InvariantCulture, out double seconds);
        if (isNumber
            && (_least is { } least ? seconds >= least.TotalSeconds : seconds > 0)
            && seconds <= _most.TotalSeconds
            && TimeSpan.FromSeconds(seconds) is { Ticks: > 0 } time)
        {
            return time;
        }

        string from = _least is { } shortest
            ? string.Create(CultureInfo.InvariantCulture, $"from {shortest.TotalSeconds}")
            : "above 0";
        string fault = isNumber ? "out of range" : "no number";
        string orNone = _takesNone ? $", or {None}" : "";
        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} {word}: {fault}; it is a number of seconds, {from} and at most {_most.TotalSeconds}{orNone}"));
        return null;
    }
}
