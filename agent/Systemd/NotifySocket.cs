using System.Net.Sockets;
using System.Text;

namespace GuestAgent.Systemd;

/// <summary>
/// The socket on which a service manager takes news of its service, sd_notify(3). A path, or with a leading <c>@</c> a
/// name in the abstract namespace.
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    // systemd reads at once; a manager that does not must not stop the agent.
    private const int SendTimeoutMilliseconds = 1000;

    // Close-on-exec, as all sockets of .NET are.
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        SendTimeout = SendTimeoutMilliseconds,
    };

    private readonly UnixDomainSocketEndPoint _manager;

    private NotifySocket(string address) =>
        _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);

    /// <summary>The socket of the manager that has started this process; null when none wants to hear of it.</summary>
    public static NotifySocket? FromEnvironment()
    {
        string? address = Environment.GetEnvironmentVariable(Variable);
        try
        {
            return address is ['/' or '@', _, ..] ? new NotifySocket(address) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than an address can be, unix(7): nobody can listen there.
            return null;
        }
    }

    /// <summary>Sends one message.</summary>
    /// <param name="assignments">NAME=VALUE, without line ends.</param>
    public void Send(params ReadOnlySpan<string> assignments)
    {
        byte[] message = Encoding.UTF8.GetBytes(string.Join('\n', assignments));
        try
        {
            _socket.SendTo(message, _manager);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The manager is gone or does not listen: nobody is left who could be told.
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
