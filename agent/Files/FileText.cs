using System.Text.Unicode;
using GuestAgent.Contracts;
using GuestAgent.Errors;

namespace GuestAgent.Files;

/// <summary>Decides how the bytes of a range are written.</summary>
internal static class FileText
{
    // UTF-8 has at most three bytes behind the first of a character.
    private const int LongestTail = 3;

    /// <summary>Chooses.</summary>
    /// <param name="range">The bytes.</param>
    /// <param name="wanted">What the request wants.</param>
    /// <returns>How, and how many of the bytes: text ends at the end of a character.</returns>
    /// <exception cref="OperationException">Text is wanted, and they are not UTF-8.</exception>
    public static (TextEncoding Encoding, int Length) Choose(in FileRange range, TextEncoding wanted)
    {
        if (wanted == TextEncoding.Base64)
        {
            return (TextEncoding.Base64, range.Length);
        }

        int whole = range.AtEnd ? range.Length : WholeCharacters(range.Bytes);
        if (Utf8.IsValid(range.Bytes[..whole]) && (whole > 0 || range.Length == 0))
        {
            return (TextEncoding.Utf8, whole);
        }

        return wanted == TextEncoding.Auto
            ? (TextEncoding.Base64, range.Length)
            : throw OperationException.InvalidParameter(
                "encoding", "This is not UTF-8 text: ask for base64 or auto.", "encoding");
    }

    // How many bytes are left when a character that is cut off at the end is left out.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(LongestTail, bytes.Length); back++)
        {
            byte lead = bytes[^back];
            if ((lead & 0xC0) != 0x80)
            {
                int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
                return length > back ? bytes.Length - back : bytes.Length;
            }
        }

        return bytes.Length;
    }
}
