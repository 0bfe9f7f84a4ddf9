using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary>Listens on loopback, or at a path, and hands out what connects.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly ConcurrentBag<Socket> _accepted = [];

    /// <summary>On loopback, at a port that the kernel chooses.</summary>
    public LoopbackServer()
        : this(new IPEndPoint(IPAddress.Loopback, 0))
    {
    }

    /// <summary>At a path.</summary>
    public LoopbackServer(string path)
        : this(new UnixDomainSocketEndPoint(path))
    {
    }

    private LoopbackServer(EndPoint place)
    {
        Socket = place is IPEndPoint
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Socket.Bind(place);
        Socket.Listen(256);
    }

    /// <summary>The socket that listens.</summary>
    public Socket Socket { get; }

    /// <summary>As a request has it.</summary>
    public string Address => $"localhost:{((IPEndPoint)Socket.LocalEndPoint!).Port}";

    /// <summary>The next that connects.</summary>
    public async Task<Socket> AcceptAsync()
    {
        Socket socket = await Socket.AcceptAsync().WithinAsync(TestTimeouts.Answer, "a connection");
        _accepted.Add(socket);
        return socket;
    }

    /// <summary>Bytes without a pattern.</summary>
    public static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Reads to the end, or to where it was cut off: then nothing.</summary>
    public static async Task<byte[]> ReadToTheCutAsync(Socket socket)
    {
        try
        {
            return await ReadToEndAsync(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return [];
        }
    }

    /// <summary>Reads to the end.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer).WithinAsync(TestTimeouts.Answer, "bytes or their end") is > 0 and var count)
        {
            await all.WriteAsync(buffer.AsMemory(0, count));
        }

        return all.ToArray();
    }

    /// <summary>Answers each that connects with what it said, when it has said all.</summary>
    public async Task EchoAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                Socket socket = await Socket.AcceptAsync(end);
                _accepted.Add(socket);
                _ = Task.Run(
                    async () =>
                    {
                        byte[] said = await ReadToEndAsync(socket);
                        await socket.SendAsync(said);
                        socket.Shutdown(SocketShutdown.Both);
                    },
                    end);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        foreach (Socket socket in _accepted)
        {
            socket.Dispose();
        }
    }
}
