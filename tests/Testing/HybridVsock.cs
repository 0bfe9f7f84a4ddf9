using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GuestAgent.Tests.Testing;

/// <summary>
/// Behaves towards a host as the vsock socket of Firecracker and Cloud Hypervisor, with Unix sockets in the place of the
/// guest's ports: <c>CONNECT</c> and <c>OK</c>, a close without a word where nobody listens, both directions ended when
/// the host ends one, every connection dropped by a snapshot, connections of the guest passed on to <c>PATH_PORT</c>.
/// </summary>
public sealed class HybridVsock : IAsyncDisposable
{
    private const int MaxRequestBytes = 32;
    private const int FirstHostPort = 1 << 30;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<uint, string> _guestPorts = new();
    private readonly ConcurrentDictionary<Bridge, bool> _bridges = new();
    private readonly Task _accepting;
    private int _lastHostPort = FirstHostPort - 1;
    private int _refused;

    /// <summary>Listens.</summary>
    /// <param name="path">Where hosts connect.</param>
    public HybridVsock(string path)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    /// <summary>Where hosts connect.</summary>
    public string Path { get; }

    /// <summary>Called with the number of connections so far for whose port nobody listened, before they are closed.</summary>
    public Action<int>? Refused { get; set; }

    /// <summary>Bytes that go to the host in one piece with the <c>OK</c> line; none by default.</summary>
    public ReadOnlyMemory<byte> SentWithOk { get; set; }

    /// <summary>The guest listens on a port from now on.</summary>
    /// <param name="port">The port.</param>
    /// <param name="unixSocket">What stands for it.</param>
    public void Listen(uint port, string unixSocket) => _guestPorts[port] = unixSocket;

    /// <summary>The guest does not listen any more.</summary>
    public void Close(uint port) => _guestPorts.TryRemove(port, out _);

    /// <summary>A snapshot is taken or restored: every connection ends, every listener lives on.</summary>
    public void Snapshot()
    {
        foreach (Bridge bridge in _bridges.Keys)
        {
            bridge.Dispose();
        }
    }

    /// <summary>A process of the guest connects to a port of the host, and a listener of the guest takes it.</summary>
    /// <param name="hostPort">The port.</param>
    /// <param name="unixSocket">What stands for the process of the guest.</param>
    /// <returns>False when the host does not listen: the guest gets a reset.</returns>
    public async Task<bool> ConnectToHostAsync(uint hostPort, string unixSocket)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"{Path}_{hostPort}");
        if (await TryConnectAsync(path) is not { } host)
        {
            return false;
        }

        _ = CarryAsync(host, await TryConnectAsync(unixSocket) ?? throw new IOException($"nobody serves {unixSocket}"));
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Snapshot();
        File.Delete(Path);
    }

    private static async Task<Socket?> TryConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    // The VMM looks at one read: a request that comes in pieces is none.
    private static async Task<uint?> ReadPortAsync(Socket host)
    {
        byte[] request = new byte[MaxRequestBytes];
        int count = await host.ReceiveAsync(request.AsMemory(), SocketFlags.Peek);
        int end = request.AsSpan(0, count).IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        await host.ReceiveAsync(request.AsMemory(0, end + 1));
        string[] words = Encoding.ASCII.GetString(request, 0, end).Split(' ');
        return words is ["CONNECT", var port] && uint.TryParse(port, CultureInfo.InvariantCulture, out uint number) ? number : null;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket host)
    {
        try
        {
            if (await ReadPortAsync(host) is not { } port
                || !_guestPorts.TryGetValue(port, out string? path)
                || await TryConnectAsync(path) is not { } guest)
            {
                Refused?.Invoke(Interlocked.Increment(ref _refused));
                host.Dispose();
                return;
            }

            string ok = string.Create(CultureInfo.InvariantCulture, $"OK {Interlocked.Increment(ref _lastHostPort)}\n");
            await host.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(ok), .. SentWithOk.Span]);
            await CarryAsync(host, guest);
        }
        catch (SocketException)
        {
            host.Dispose();
        }
    }

    private async Task CarryAsync(Socket host, Socket guest)
    {
        using var bridge = new Bridge(host, guest);
        _bridges[bridge] = true;
        await Task.WhenAny(CopyAsync(host, guest), CopyAsync(guest, host));
        _bridges.TryRemove(bridge, out _);
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of them has ended, which ends both.
        }
    }

    private sealed class Bridge(Socket host, Socket guest) : IDisposable
    {
        public void Dispose()
        {
            host.Dispose();
            guest.Dispose();
        }
    }
}
