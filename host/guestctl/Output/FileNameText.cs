using System.Buffers;
using System.Text;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>
/// Names of files for a terminal: what cannot be shown in them is escaped as by <c>ls -b</c>, so that each name shows
/// otherwise than any other. A backslash is doubled where what follows would make it such an escape.
/// </summary>
internal static class FileNameText
{
    private const string Escapes = "abtnvfr01234567\\";

    /// <summary>The name of an entry.</summary>
    public static string Of(FileEntry entry) => Of(Bytes(entry));

    /// <summary>A name or a path.</summary>
    public static string Of(string name) => Of(Encoding.UTF8.GetBytes(name));

    /// <summary>A name or a path.</summary>
    /// <param name="name">Its bytes, of any kind.</param>
    public static string Of(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(name, out Rune rune, out int length) == OperationStatus.Done;
            ReadOnlySpan<byte> bytes = name[..length];
            name = name[length..];
            if (isText && GuestText.CanBeShown(rune))
            {
                bool looksEscaped = rune.Value == '\\' && !name.IsEmpty && Escapes.Contains((char)name[0], StringComparison.Ordinal);
                text.Append(looksEscaped ? "\\\\" : rune.ToString());
            }
            else
            {
                text.Append(GuestText.Escape(bytes));
            }
        }

        return text.ToString();
    }

    // The guest may call anything base64.
    private static byte[] Bytes(FileEntry entry)
    {
        byte[] bytes = new byte[entry.NameBase64?.Length ?? 0];
        return entry.NameBase64 is { } base64 && Convert.TryFromBase64String(base64, bytes, out int length)
            ? bytes[..length]
            : Encoding.UTF8.GetBytes(entry.Name);
    }
}
