using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace GuestAgent.Tests.Testing;

/// <summary>The end of sd_notify(3) that a service manager has: a datagram socket, and what has come in on it.</summary>
public sealed class ServiceManager : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

    /// <summary>Listens.</summary>
    /// <param name="address">A path, or a name in the abstract namespace behind <c>@</c>.</param>
    public ServiceManager(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address));
        _ = ReceiveAllAsync();
    }

    /// <summary>Value of NOTIFY_SOCKET.</summary>
    public string Address { get; }

    /// <summary>The next message, its assignments by name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReceiveAsync()
    {
        string message = await _messages.Reader.ReadAsync().AsTask().WithinAsync(TestTimeouts.Answer, "a message to the manager");
        return message.Split('\n').ToDictionary(line => line[..line.IndexOf('=')], line => line[(line.IndexOf('=') + 1)..]);
    }

    /// <summary>The next message that assigns <paramref name="name"/>; others are passed over.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReceiveAsync(string name)
    {
        while (true)
        {
            IReadOnlyDictionary<string, string> message = await ReceiveAsync();
            if (message.ContainsKey(name))
            {
                return message;
            }
        }
    }

    /// <summary>True when a message waits.</summary>
    public bool HasMore => _messages.Reader.TryPeek(out _);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAllAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int count = await _socket.ReceiveAsync(buffer);
                await _messages.Writer.WriteAsync(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _messages.Writer.TryComplete();
        }
    }
}
