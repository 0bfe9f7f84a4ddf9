using System.Buffers;

namespace GuestAgent.Settings;

/// <summary>
/// Which names environment variables may have: ASCII letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, the first a letter
/// or <c>_</c>. Wider than POSIX (XBD 8.1), as programs use dots and hyphens, and without all that programs take for more
/// than a name: a line end, <c>=</c>, blanks, and the <c>BASH_FUNC_x%%</c> by which bash takes over functions.
/// </summary>
internal static class VariableName
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>True for such a name.</summary>
    public static bool IsValid(string name) =>
        name.Length > 0
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && !name.AsSpan().ContainsAnyExcept(Characters);
}
