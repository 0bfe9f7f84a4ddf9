using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host;

/// <summary>
/// Where the channel to a guest's agent is reached from the host. Written as a URI: <c>unix:///run/vm1/agent.sock</c>,
/// <c>vsock://3:1000</c> (CID and port), <c>hybrid:///run/vm1/v.sock:1000</c> (a VMM's Unix socket and the guest's
/// port); or, for a Unix socket, shortened to its absolute path. <c>vsock://:2000</c> names a port of the host itself, for
/// <see cref="GuestListener"/>.
/// </summary>
/// <remarks>
/// In the URI form <c>%</c> introduces an escaped byte (RFC 3986); the short form is taken as it stands. Two endpoints
/// are equal when they name the same thing in the same spelling.
/// </remarks>
public sealed record GuestEndpoint
{
    /// <summary>Longest path of a Unix socket in bytes: what Linux's <c>sockaddr_un</c> holds (unix(7)).</summary>
    public const int MaxSocketPathBytes = 107;

    private const string UnixPrefix = "unix://";
    private const string VsockPrefix = "vsock://";
    private const string HybridPrefix = "hybrid://";

    // VMADDR_PORT_ANY, vsock(7).
    private const uint AnyPort = uint.MaxValue;

    private GuestEndpoint(GuestEndpointScheme scheme, string socketPath, uint cid, uint port)
    {
        Scheme = scheme;
        SocketPath = socketPath;
        Cid = cid;
        Port = port;
    }

    /// <summary>How the channel is reached.</summary>
    public GuestEndpointScheme Scheme { get; }

    /// <summary>
    /// Absolute path of the Unix socket: of the channel, or of the VMM that leads to it. Empty for
    /// <see cref="GuestEndpointScheme.Vsock"/>.
    /// </summary>
    public string SocketPath { get; }

    /// <summary>
    /// The guest's vsock context; 4294967295 (VMADDR_CID_ANY) where any guest is meant; 0 unless the scheme is
    /// <see cref="GuestEndpointScheme.Vsock"/>.
    /// </summary>
    public uint Cid { get; }

    /// <summary>The vsock port; 0 for <see cref="GuestEndpointScheme.Unix"/>.</summary>
    public uint Port { get; }

    /// <summary>True for <c>vsock://:PORT</c>, which can be listened on and not connected to.</summary>
    internal bool IsOfAnyGuest => Scheme == GuestEndpointScheme.Vsock && Cid == VsockSocket.AnyCid;

    /// <summary>The endpoint behind a Unix socket.</summary>
    /// <param name="socketPath">Absolute path, at most <see cref="MaxSocketPathBytes"/> bytes of UTF-8.</param>
    /// <exception cref="GuestEndpointException">The path is not absolute, too long, or names no file.</exception>
    public static GuestEndpoint Unix(string socketPath)
    {
        ArgumentNullException.ThrowIfNull(socketPath);
        return Sound(socketPath, PathFault(socketPath), new(GuestEndpointScheme.Unix, socketPath, 0, 0));
    }

    /// <summary>A vsock port of a guest, reached through this host's kernel.</summary>
    /// <param name="cid">The guest's context, as its VMM was given it; 1 is this machine itself.</param>
    /// <param name="port">The port, 1 to 4294967294.</param>
    /// <exception cref="GuestEndpointException">One of them stands for anybody and is no address.</exception>
    public static GuestEndpoint Vsock(uint cid, uint port)
    {
        var endpoint = new GuestEndpoint(GuestEndpointScheme.Vsock, "", cid, port);
        return Sound(endpoint.ToString(), cid == VsockSocket.AnyCid ? "the CID is no address" : PortFault(port), endpoint);
    }

    /// <summary>A vsock port of this host, for <see cref="GuestListener"/>: any guest may connect there.</summary>
    /// <param name="port">The port, 1 to 4294967294.</param>
    /// <exception cref="GuestEndpointException">It is no port.</exception>
    public static GuestEndpoint VsockListener(uint port)
    {
        var endpoint = new GuestEndpoint(GuestEndpointScheme.Vsock, "", VsockSocket.AnyCid, port);
        return Sound(endpoint.ToString(), PortFault(port), endpoint);
    }

    /// <summary>A vsock port of a guest, reached through its VMM's Unix socket.</summary>
    /// <param name="socketPath">The VMM's socket (Firecracker's <c>uds_path</c>, Cloud Hypervisor's <c>socket</c>).</param>
    /// <param name="port">The guest's port, 1 to 4294967294.</param>
    /// <exception cref="GuestEndpointException">The path cannot be that of a socket, or the port is none.</exception>
    public static GuestEndpoint Hybrid(string socketPath, uint port)
    {
        ArgumentNullException.ThrowIfNull(socketPath);
        return Sound(
            socketPath,
            PathFault(socketPath) ?? PortFault(port),
            new(GuestEndpointScheme.Hybrid, socketPath, 0, port));
    }

    /// <summary>Reads an endpoint.</summary>
    /// <param name="text">
    /// <c>unix:///absolute/path</c>, <c>/absolute/path</c>, <c>vsock://CID:PORT</c>, <c>hybrid:///absolute/path:PORT</c>
    /// or, to listen on, <c>vsock://:PORT</c>.
    /// </param>
    /// <exception cref="GuestEndpointException">It is none of them; the message says what is wrong.</exception>
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
    public override string ToString() => Scheme switch
    {
        GuestEndpointScheme.Vsock => string.Create(CultureInfo.InvariantCulture, $"{VsockPrefix}{(IsOfAnyGuest ? "" : Cid)}:{Port}"),
        GuestEndpointScheme.Hybrid => string.Create(CultureInfo.InvariantCulture, $"{HybridPrefix}{Escaped(SocketPath)}:{Port}"),
        _ => UnixPrefix + Escaped(SocketPath),
    };

    private static GuestEndpoint Sound(string text, string? fault, GuestEndpoint endpoint) =>
        fault is null ? endpoint : throw new GuestEndpointException(text, fault);

    private static string? Read(string text, out GuestEndpoint? endpoint)
    {
        endpoint = null;
        return text.StartsWith('/') ? ReadPath(text, out endpoint)
            : After(VsockPrefix, text) is { } address ? ReadVsock(address, out endpoint)
            : After(HybridPrefix, text) is { } hybrid ? ReadHybrid(hybrid, out endpoint)
            : After(UnixPrefix, text) is { } path ? Unescaped(path, out path) ?? ReadPath(path, out endpoint)
            : "an endpoint is unix:///path, /path, vsock://CID:PORT or hybrid:///path:PORT";
    }

    private static string? ReadPath(string path, out GuestEndpoint? endpoint)
    {
        string? fault = PathFault(path);
        endpoint = fault is null ? new GuestEndpoint(GuestEndpointScheme.Unix, path, 0, 0) : null;
        return fault;
    }

    private static string? ReadVsock(string address, out GuestEndpoint? endpoint)
    {
        endpoint = null;
        uint cid = VsockSocket.AnyCid;
        if (!TrySplitPort(address, out string cidText, out uint port) || (cidText.Length > 0 && !TryNumber(cidText, out cid)))
        {
            return "a vsock endpoint is vsock://CID:PORT, two decimal numbers";
        }

        string? fault = cid == VsockSocket.AnyCid && cidText.Length > 0 ? "the CID is no address" : PortFault(port);
        endpoint = fault is null ? new GuestEndpoint(GuestEndpointScheme.Vsock, "", cid, port) : null;
        return fault;
    }

    private static string? ReadHybrid(string address, out GuestEndpoint? endpoint)
    {
        endpoint = null;
        if (!TrySplitPort(address, out string path, out uint port))
        {
            return "a hybrid endpoint is hybrid:///path:PORT, with the guest's port as a decimal number";
        }

        string? fault = Unescaped(path, out path) ?? PathFault(path) ?? PortFault(port);
        endpoint = fault is null ? new GuestEndpoint(GuestEndpointScheme.Hybrid, path, 0, port) : null;
        return fault;
    }

    private static bool TrySplitPort(string text, out string rest, out uint port)
    {
        int colon = text.LastIndexOf(':');
        rest = colon < 0 ? "" : text[..colon];
        return TryNumber(text[(colon + 1)..], out port) && colon >= 0;
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string? After(string prefix, string text) =>
        text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : null;

    private static string Escaped(string path) => Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal);

    private static string? Unescaped(string text, out string path)
    {
        path = Uri.UnescapeDataString(text);
        return text.AsSpan().ContainsAny('?', '#') ? "a path in a URI writes ? as %3F and # as %23" : null;
    }

    private static string? PortFault(uint port) => port is 0 or AnyPort ? "the port must be from 1 to 4294967294" : null;

    private static string? PathFault(string path) =>
        !path.StartsWith('/') ? "the path is not absolute (unix:///path has three slashes)"
        : path.EndsWith('/') ? "the path names a directory"
        : path.Contains('\0', StringComparison.Ordinal) ? "the path contains a NUL character"
        : Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes
            ? $"the path is longer than {MaxSocketPathBytes} bytes, which Linux does not allow for a socket"
        : null;
}
