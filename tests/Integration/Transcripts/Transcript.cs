using System.Globalization;
using System.Text;

namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>
/// A conversation in a text file. <c>#</c> tells the behaviour; <c>!config NAME</c> chooses a configuration; <c>&gt;</c> is
/// sent, <c>&gt;!</c> is sent with <c>\xNN</c> standing for bytes; <c>&lt;</c> is expected, see <see cref="StepKind"/> and
/// <see cref="JsonPattern"/>. After the last line nothing more may come: a ping must be answered next.
/// </summary>
/// <param name="Config">Name of the configuration.</param>
/// <param name="Steps">What is sent and expected, in order.</param>
internal sealed record Transcript(string Config, IReadOnlyList<Step> Steps)
{
    private const string DefaultConfig = "default";

    /// <summary>Directory of all transcripts of the native dialect.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Transcripts", "jsonrpc");

    /// <summary>Reads a file.</summary>
    public static Transcript Load(string name)
    {
        string config = DefaultConfig;
        var steps = new List<Step>();
        foreach ((int index, string line) in File.ReadAllLines(Path.Combine(Folder, name + ".txt")).Index())
        {
            if (line.StartsWith("!config ", StringComparison.Ordinal))
            {
                config = line[8..];
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                steps.Add(Parse(line, index + 1));
            }
        }

        return new Transcript(config, steps);
    }

    /// <summary>The bytes of a line to send, without its end.</summary>
    /// <param name="text">The line; ASCII where <paramref name="escaped"/>.</param>
    /// <param name="escaped">True when <c>\xNN</c> stands for a byte.</param>
    public static byte[] Bytes(string text, bool escaped)
    {
        if (!escaped)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text.AsSpan(i).StartsWith("\\x", StringComparison.Ordinal);
            bytes.Add(isEscape ? byte.Parse(text.AsSpan(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (byte)text[i]);
            i += isEscape ? 3 : 0;
        }

        return [.. bytes];
    }

    private static Step Parse(string line, int number) => line switch
    {
        ['>', '!', ' ', .. var text] => new Step(StepKind.Send, "!" + text, number),
        ['>', ' ', .. var text] => new Step(StepKind.Send, " " + text, number),
        ['<', '~', ' ', .. var text] => new Step(StepKind.ReceiveAnyOrder, text, number),
        ['<', ' ', .. var text] => new Step(StepKind.Receive, text, number),
        "<eof" => new Step(StepKind.End, "", number),
        _ => throw new FormatException($"line {number}: {line}"),
    };
}
