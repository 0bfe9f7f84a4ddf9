using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GuestAgent.Host;

/// <summary>
/// Where the channel to a guest's agent is reached from the host. Written as a URI, <c>unix:///run/vm1/agent.sock</c>,
/// or shortened to the socket's absolute path, <c>/run/vm1/agent.sock</c>.
/// </summary>
/// <remarks>
/// In the URI form <c>%</c> introduces an escaped byte (RFC 3986); the short form is taken as it stands. Two endpoints
/// are equal when they name the same path in the same spelling.
/// </remarks>
public sealed record GuestEndpoint
{
    /// <summary>Longest path of a Unix socket in bytes: what Linux's <c>sockaddr_un</c> holds (unix(7)).</summary>
    public const int MaxSocketPathBytes = 107;

    private const string UnixPrefix = "unix://";

    private GuestEndpoint(string socketPath) => SocketPath = socketPath;

    /// <summary>Absolute path of the Unix socket, such as that of a QEMU chardev.</summary>
    public string SocketPath { get; }

    /// <summary>The endpoint behind a Unix socket.</summary>
    /// <param name="socketPath">Absolute path, at most <see cref="MaxSocketPathBytes"/> bytes of UTF-8.</param>
    /// <exception cref="GuestEndpointException">The path is not absolute, too long, or names no file.</exception>
    public static GuestEndpoint Unix(string socketPath)
    {
        ArgumentNullException.ThrowIfNull(socketPath);
        return Fault(socketPath) is { } fault
            ? throw new GuestEndpointException(socketPath, fault)
            : new GuestEndpoint(socketPath);
    }

    /// <summary>Reads an endpoint.</summary>
    /// <param name="text"><c>unix:///absolute/path</c> or <c>/absolute/path</c>.</param>
    /// <exception cref="GuestEndpointException">It is neither; the message says what is wrong.</exception>
    public static GuestEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text, out GuestEndpoint? endpoint) is { } fault
            ? throw new GuestEndpointException(text, fault)
            : endpoint!;
    }

    /// <summary>Reads an endpoint, without an exception when it is none.</summary>
    /// <param name="text">As for <see cref="Parse"/>.</param>
    /// <param name="endpoint">The endpoint, or null.</param>
    /// <returns>True when <paramref name="text"/> is an endpoint.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out GuestEndpoint? endpoint)
    {
        endpoint = null;
        return text is not null && Read(text, out endpoint) is null;
    }

    /// <summary>The URI form, which <see cref="Parse"/> reads back.</summary>
    public override string ToString() =>
        UnixPrefix + Uri.EscapeDataString(SocketPath).Replace("%2F", "/", StringComparison.Ordinal);

    private static string? Read(string text, out GuestEndpoint? endpoint)
    {
        endpoint = null;
        string path = text;
        if (!text.StartsWith('/'))
        {
            if (!text.StartsWith(UnixPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return "an endpoint is unix:///absolute/path or /absolute/path";
            }

            path = text[UnixPrefix.Length..];
            if (path.AsSpan().ContainsAny('?', '#'))
            {
                return "a path in a URI writes ? as %3F and # as %23";
            }

            path = Uri.UnescapeDataString(path);
        }

        string? fault = Fault(path);
        endpoint = fault is null ? new GuestEndpoint(path) : null;
        return fault;
    }

    private static string? Fault(string path) =>
        !path.StartsWith('/') ? "the path is not absolute (unix:///path has three slashes)"
        : path.EndsWith('/') ? "the path names a directory"
        : path.Contains('\0', StringComparison.Ordinal) ? "the path contains a NUL character"
        : Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes
            ? $"the path is longer than {MaxSocketPathBytes} bytes, which Linux does not allow for a socket"
        : null;
}
