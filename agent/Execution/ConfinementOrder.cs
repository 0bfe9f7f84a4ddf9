using System.Globalization;

namespace GuestAgent.Execution;

/// <summary>What the launcher is told of a confinement, on its command line: nothing of it is a secret.</summary>
/// <param name="Wanted">What to try.</param>
/// <param name="Demanded">That without which to give up.</param>
/// <param name="UserProcesses">Most processes of the user, where no cgroup counts them; 0 for any number.</param>
/// <param name="Descriptor">The descriptor of the program's directory; the next one is what becomes its <c>/tmp</c>.</param>
/// <param name="WritePaths">Places that may be changed.</param>
/// <param name="HiddenDirectories">Directories of which nothing is seen.</param>
internal sealed record ConfinementOrder(
    ConfinementParts Wanted,
    ConfinementParts Demanded,
    int UserProcesses,
    int Descriptor,
    IReadOnlyList<string> WritePaths,
    IReadOnlyList<string> HiddenDirectories)
{
    private const int Numbers = 5;

    /// <summary>As arguments.</summary>
    public IEnumerable<string> Format() =>
    [
        Text((int)Wanted),
        Text((int)Demanded),
        Text(UserProcesses),
        Text(Descriptor),
        Text(WritePaths.Count),
        .. WritePaths,
        .. HiddenDirectories,
    ];

    /// <summary>Reads what <see cref="Format"/> wrote; null where there are no such arguments.</summary>
    public static ConfinementOrder? Parse(ReadOnlySpan<string> arguments) => arguments.Length < Numbers
        ? null
        : new ConfinementOrder(
            (ConfinementParts)Number(arguments[0]),
            (ConfinementParts)Number(arguments[1]),
            Number(arguments[2]),
            Number(arguments[3]),
            [.. arguments.Slice(Numbers, Number(arguments[4]))],
            [.. arguments[(Numbers + Number(arguments[4]))..]]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
