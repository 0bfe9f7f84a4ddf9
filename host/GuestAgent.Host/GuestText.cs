using System.Globalization;

namespace GuestAgent.Host;

/// <summary>
/// Makes text from a guest fit for a log line or a terminal: one line, bounded, without control characters. Messages of
/// the library's exceptions are already; use it for what <see cref="GuestClient.Agent"/> and results contain.
/// </summary>
public static class GuestText
{
    /// <summary>Longest text kept: 1000 characters, more than any message of the agent.</summary>
    public const int MaxLength = 1000;

    private const char Replacement = '\uFFFD';

    /// <summary>
    /// The text on one line, with U+FFFD for everything that could end the line or command a terminal.
    /// </summary>
    /// <param name="text">Any text; cut after <see cref="MaxLength"/> characters, which an ellipsis shows.</param>
    public static string OneLine(string text) => OneLine(text, MaxLength);

    /// <inheritdoc cref="OneLine(string)"/>
    /// <param name="text">Any text.</param>
    /// <param name="maxLength">Characters kept; a cut shows as an ellipsis.</param>
    public static string OneLine(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        string kept = text.Length > maxLength ? string.Concat(text.AsSpan(0, maxLength), "…") : text;
        return string.Create(kept.Length, kept, static (characters, source) =>
        {
            for (int i = 0; i < characters.Length; i++)
            {
                characters[i] = IsHarmless(source[i]) ? source[i] : Replacement;
            }
        });
    }

    private static bool IsHarmless(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
