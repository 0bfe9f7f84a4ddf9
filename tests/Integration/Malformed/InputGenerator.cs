using System.Globalization;
using System.Text;

namespace GuestAgent.Tests.Integration.Malformed;

/// <summary>Makes lines that no well-behaved host sends, the same ones for the same seed.</summary>
/// <param name="seed">Chooses the sequence.</param>
internal sealed class InputGenerator(int seed)
{
    // Commands here are refused by the policy of the test, or harmless.
    private static readonly string[] Valid =
    [
        """{"jsonrpc":"2.0","id":1,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":"a","method":"get_agent_info","params":{}}""",
        """{"jsonrpc":"2.0","id":2,"method":"hello","params":{"session":"s","protocol_version":"1.0.0"}}""",
        """{"jsonrpc":"2.0","id":3,"method":"cancel","params":{"id":"x"}}""",
        """{"jsonrpc":"2.0","id":4,"method":"exec_command","params":{"command":"/no/x","args":["a","b"],"timeout_seconds":3,"env":{"A":"1"},"stdin":"eA==","stdin_encoding":"base64","stream":true,"window_bytes":4096,"user":"nobody","working_directory":"/"}}""",
        """{"jsonrpc":"2.0","id":5,"method":"exec_stdin","params":{"id":4,"data":"YQ==","eof":true}}""",
        """{"jsonrpc":"2.0","id":6,"method":"exec_signal","params":{"id":4,"signal":9,"group":false}}""",
        """{"jsonrpc":"2.0","id":7,"method":"exec_credit","params":{"id":4,"bytes":100}}""",
        """{"jsonrpc":"2.0","id":8,"result":{}}""",
        """[{"jsonrpc":"2.0","id":9,"method":"ping"},{"jsonrpc":"2.0","method":"ping"},3]""",
    ];

    private static readonly string[] Splinters =
    [
        "\0", "\\ud800", "\\udc00\\ud800", "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-0", "1e-999",
        "99999999999999999999999999", "\\u0000", "\r", "\t", "\u007f", "\u2028", "\ufeff", "😀", "\"jsonrpc\":\"2.0\",", "\"id\":",
        "\"params\":{\"a\":", "{\"", "//", "/*", "NaN", "\\u12", "\"*\":1,",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input: one or more lines.</summary>
    public byte[] Next()
    {
        byte[] input = _random.Next(10) switch
        {
            0 => RandomBytes(),
            1 => Encoding.UTF8.GetBytes(Truncated(Any(Valid))),
            2 => Encoding.UTF8.GetBytes(Nested()),
            3 => Encoding.UTF8.GetBytes(WithValue(Odd())),
            4 => Encoding.UTF8.GetBytes(Batch()),
            5 => Flipped(),
            _ => Encoding.UTF8.GetBytes(Spliced(Any(Valid), _random.Next(1, 4))),
        };
        return [.. input, (byte)'\n'];
    }

    private byte[] RandomBytes()
    {
        byte[] bytes = new byte[_random.Next(1, 200)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Flipped()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Any(Valid));
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        }

        return bytes;
    }

    private string Truncated(string text) => text[.._random.Next(1, text.Length)];

    private string Nested()
    {
        int depth = _random.Next(1, 80);
        bool closed = _random.Next(3) > 0;
        return _random.Next(2) == 0
            ? WithValue(new string('[', depth) + (closed ? new string(']', depth) : ""))
            : WithValue(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + (closed ? new string('}', depth) : ""));
    }

    private string WithValue(string value) => _random.Next(5) switch
    {
        0 => $$"""{"jsonrpc":"2.0","id":{{value}},"method":"ping"}""",
        1 => $$"""{"jsonrpc":"2.0","id":1,"method":{{value}} }""",
        2 => $$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{{value}} }""",
        3 => $$"""{"jsonrpc":{{value}},"id":1,"method":"ping"}""",
        _ => $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{Method()}}}","params":{"{{{Parameter()}}}":{{{value}}} } }""",
    };

    private string Odd() => _random.Next(6) switch
    {
        0 => new string('9', _random.Next(1, 400)),
        1 => $"\"{new string('x', _random.Next(1, 600))}\"",
        2 => $"\"\\u{_random.Next(0xd700, 0xe000).ToString("x4", CultureInfo.InvariantCulture)}\"",
        3 => $"{(_random.Next(2) == 0 ? "-" : "")}{_random.NextDouble().ToString("R", CultureInfo.InvariantCulture)}e{_random.Next(-400, 400)}",
        4 => Any(Splinters),
        _ => Any(["null", "true", "{}", "[]", "\"\"", "0", "[null]", "{\"\":null}"]),
    };

    private string Batch() =>
        "[" + string.Join(_random.Next(20) == 0 ? "" : ",", Enumerable.Range(0, _random.Next(0, 70)).Select(_ => Element())) + "]";

    private string Element() => _random.Next(4) switch
    {
        0 => Odd(),
        1 => WithValue(Odd()),
        _ => Any(Valid),
    };

    private string Spliced(string text, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int at = _random.Next(text.Length);
            int cut = _random.Next(3) == 0 ? Math.Min(_random.Next(8), text.Length - at) : 0;
            text = text[..at] + Any(Splinters) + text[(at + cut)..];
        }

        return text;
    }

    private string Method() =>
        Any(["ping", "hello", "cancel", "exec_command", "exec_stdin", "exec_signal", "exec_credit", "get_agent_info", "x"]);

    private string Parameter() =>
        Any(["id", "session", "command", "args", "env", "stdin", "timeout_seconds", "data", "signal", "bytes", "user", "\\ud800", ""]);

    private T Any<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
