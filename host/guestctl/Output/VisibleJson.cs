using System.Text;
using System.Text.Encodings.Web;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>Escapes in JSON what cannot be seen, besides what JSON itself demands.</summary>
internal sealed class VisibleJson : JavaScriptEncoder
{
    /// <summary>The encoder.</summary>
    public static readonly VisibleJson Encoder = new();

    private static readonly JavaScriptEncoder Demanded = UnsafeRelaxedJsonEscaping;

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => Demanded.MaxOutputCharactersPerInputCharacter;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        Demanded.WillEncode(unicodeScalar) || !GuestText.CanBeShown(new Rune(unicodeScalar));

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        // SAFETY: the caller says that there are so many characters.
        var all = new ReadOnlySpan<char>(text, textLength);
        for (int i = 0; i < all.Length;)
        {
            if (Rune.DecodeFromUtf16(all[i..], out Rune rune, out int length) != System.Buffers.OperationStatus.Done
                || WillEncode(rune.Value))
            {
                return i;
            }

            i += length;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        if (Demanded.WillEncode(unicodeScalar))
        {
            return Demanded.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
        }

        // SAFETY: the caller says that there is so much room.
        var room = new Span<char>(buffer, bufferLength);
        Span<char> units = stackalloc char[2];
        int count = new Rune(unicodeScalar).EncodeToUtf16(units);
        numberOfCharactersWritten = 0;
        foreach (char unit in units[..count])
        {
            if (!room[numberOfCharactersWritten..].TryWrite($"\\u{(int)unit:x4}", out int written))
            {
                numberOfCharactersWritten = 0;
                return false;
            }

            numberOfCharactersWritten += written;
        }

        return true;
    }
}
