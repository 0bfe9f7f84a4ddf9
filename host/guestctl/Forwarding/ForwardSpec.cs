using System.Globalization;
using System.Net;

namespace GuestAgent.Cli.Forwarding;

/// <summary>What a word such as <c>8080:localhost:80</c> says: where is listened, and where what comes there goes to.</summary>
/// <param name="Listen">Where is listened: <c>HOST:PORT</c>, or a path.</param>
/// <param name="Target">Where to: <c>HOST:PORT</c>, or a path.</param>
/// <param name="FromGuest">True when the guest listens and this host connects.</param>
internal sealed record ForwardSpec(string Listen, string Target, bool FromGuest)
{
    private const string Loopback = "localhost";

    /// <summary>Reads a word.</summary>
    /// <param name="word"><c>[ADDR:]PORT:HOST:PORT</c>, with the path of a Unix socket in place of either side.</param>
    /// <param name="fromGuest">As <see cref="FromGuest"/>.</param>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static ForwardSpec Parse(string word, bool fromGuest)
    {
        List<string> parts = Split(word);
        int targetParts = parts[^1].StartsWith('/') ? 1 : 2;
        List<string> listen = parts.Count > targetParts ? parts[..^targetParts] : throw Wrong(word);
        string target = targetParts == 1 ? parts[^1] : Address(word, parts[^2], parts[^1], mayBeZero: false);
        string place = listen is [['/', ..] path] ? path
            : listen is [var port] ? Address(word, Loopback, port, mayBeZero: true)
            : listen is [var host, var itsPort] ? Address(word, host, itsPort, mayBeZero: true)
            : throw Wrong(word);
        return new ForwardSpec(place, target, fromGuest);
    }

    /// <summary>Reads <c>HOST:PORT</c> or a path, for one connection.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static string ParseTarget(string word)
    {
        List<string> parts = Split(word);
        return parts is [['/', ..] path] ? path
            : parts is [var host, var port] ? Address(word, host, port, mayBeZero: false)
            : throw new UsageException($"{word} is neither HOST:PORT nor the path of a socket in the guest");
    }

    /// <summary>The two parts of <c>HOST:PORT</c>, without brackets.</summary>
    public static (string Host, int Port) Divide(string address)
    {
        int colon = address.LastIndexOf(':');
        return (address[..colon].Trim('[', ']'), int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    // By colons, those in brackets aside.
    private static List<string> Split(string word)
    {
        List<string> parts = [];
        int begin = 0;
        bool isBracketed = false;
        for (int i = 0; i < word.Length; i++)
        {
            isBracketed = word[i] == '[' || (isBracketed && word[i] != ']');
            if (word[i] == ':' && !isBracketed)
            {
                parts.Add(word[begin..i]);
                begin = i + 1;
            }
        }

        parts.Add(word[begin..]);
        return parts;
    }

    private static string Address(string word, string host, string port, bool mayBeZero) =>
        host.Length > 0
        && !host.StartsWith('/')
        && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= IPEndPoint.MaxPort
        && (number > 0 || mayBeZero)
            ? $"{host}:{number}"
            : throw Wrong(word);

    private static UsageException Wrong(string word) => new(
        $"{word} is not [ADDR:]PORT:HOST:PORT; either side may be the path of a Unix socket, an address of IPv6 has brackets");
}
