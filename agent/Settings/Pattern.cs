namespace GuestAgent.Settings;

/// <summary>
/// Patterns of rules: <c>*</c> for any text, <c>?</c> for one character, <c>\</c> before one that stands for itself; every other
/// character is itself. Not those of <see cref="System.IO.Enumeration.FileSystemName"/>, for which an escaped <c>?</c> is any
/// character, a last backslash too, and an empty pattern fits nothing.
/// </summary>
internal static class Pattern
{
    /// <summary>True when a whole text fits.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">The text; case counts, and a character is one of UTF-16.</param>
    /// <remarks>In time that grows with the product of both lengths: after a star, only the last can have to take more.</remarks>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int at = 0, position = 0, afterStar = -1, taken = 0;
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                afterStar = ++at;
                taken = position;
            }
            else if (at < pattern.Length && FitsOne(pattern[at..], text[position]) is > 0 and var length)
            {
                at += length;
                position++;
            }
            else if (afterStar >= 0)
            {
                at = afterStar;
                position = ++taken;
            }
            else
            {
                return false;
            }
        }

        return !pattern[at..].ContainsAnyExcept('*');
    }

    // How much of the pattern stands for the character; 0 when it does not.
    private static int FitsOne(ReadOnlySpan<char> pattern, char character) => pattern switch
    {
        ['\\', var literal, ..] => literal == character ? 2 : 0,
        ['?', ..] => 1,
        _ => pattern[0] == character ? 1 : 0,
    };
}
