using System.Text;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Systemd;

/// <summary>
/// The socket on which a service manager takes news of its service, sd_notify(3). A path, or with a leading <c>@</c> a
/// name in the abstract namespace.
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    // systemd reads at once; a manager that does not must not stop the agent.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SafeFileHandle _socket = UnixSocket.CreateSender(Patience);
    private readonly UnixAddress _manager;

    private NotifySocket(UnixAddress manager) => _manager = manager;

    /// <summary>The socket of the manager that has started this process; null when none wants to hear of it.</summary>
    public static NotifySocket? FromEnvironment()
    {
        string? address = Environment.GetEnvironmentVariable(Variable);
        try
        {
            return address switch
            {
                ['/', _, ..] => new NotifySocket(UnixAddress.OfPath(address)),
                ['@', _, ..] => new NotifySocket(UnixAddress.OfAbstractName(address[1..])),
                _ => null,
            };
        }
        catch (LinuxException)
        {
            // Longer than an address can be, unix(7): nobody can listen there.
            return null;
        }
    }

    /// <summary>Sends one message. Where nobody takes it, nobody is left who could be told.</summary>
    /// <param name="assignments">NAME=VALUE, without line ends.</param>
    public void Send(params ReadOnlySpan<string> assignments)
    {
        try
        {
            _ = UnixSocket.TrySend(_socket, Encoding.UTF8.GetBytes(string.Join('\n', assignments)), _manager);
        }
        catch (ObjectDisposedException)
        {
            // The agent is about to end.
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
