using System.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Machine;

/// <summary>Which distribution the guest runs, os-release(5).</summary>
/// <param name="Name">Its name; <c>Linux</c> where it tells none.</param>
/// <param name="Version">Its version; empty where it has none.</param>
/// <param name="Id">Its name in one word, for programs.</param>
/// <param name="PrettyName">Name and version for people.</param>
internal sealed record OsRelease(string Name, string Version, string? Id, string? PrettyName)
{
    private const int LargestBytes = 64 * 1024;
    private const int LongestValue = 1024;

    /// <summary>Reads the administrator's file, else the distribution's.</summary>
    public static OsRelease Read() => Parse((
        SmallFile.TryRead("/etc/os-release", LargestBytes)
        ?? SmallFile.TryRead("/usr/lib/os-release", LargestBytes)
        ?? default).Span);

    /// <summary>Takes the text apart; a line that is no assignment is ignored, and the last of several counts.</summary>
    public static OsRelease Parse(ReadOnlySpan<byte> text)
    {
        string? name = null, version = null, id = null, prettyName = null;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range].Trim(" \t\r"u8);
            int equals = line.IndexOf((byte)'=');
            if (equals <= 0)
            {
                continue;
            }

            ReadOnlySpan<byte> value = line[(equals + 1)..];
            switch (line[..equals])
            {
                case var key when key.SequenceEqual("NAME"u8):
                    name = Unquote(value);
                    break;
                case var key when key.SequenceEqual("VERSION_ID"u8):
                    version = Unquote(value);
                    break;
                case var key when key.SequenceEqual("ID"u8):
                    id = Unquote(value);
                    break;
                case var key when key.SequenceEqual("PRETTY_NAME"u8):
                    prettyName = Unquote(value);
                    break;
                default:
                    break;
            }
        }

        return new OsRelease(name ?? "Linux", version ?? "", id, prettyName);
    }

    // As a shell would: quotes go, and a backslash takes the next character literally, except between single quotes.
    private static string? Unquote(ReadOnlySpan<byte> value)
    {
        StringBuilder text = new();
        char quote = '\0';
        string decoded = Encoding.UTF8.GetString(value.Length <= LongestValue ? value : value[..LongestValue]);
        for (int i = 0; i < decoded.Length; i++)
        {
            char c = decoded[i];
            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '\\' && quote != '\'' && i + 1 < decoded.Length)
            {
                text.Append(decoded[++i]);
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Length > 0 ? text.ToString() : null;
    }
}
