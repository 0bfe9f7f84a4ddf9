using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GuestAgent.Linux;
using GuestAgent.Settings;
using GuestAgent.Transports;

namespace GuestAgent;

/// <summary>Addresses of configured listeners; for Unix sockets also the way back, as their files need more than a path.</summary>
/// <param name="live">The settings in force.</param>
internal sealed class ListenerAddresses(LiveSettings live)
{
    private readonly ConcurrentDictionary<string, UnixListenerSettings> _sockets = new(StringComparer.Ordinal);

    /// <summary>The address of a listener; a listener factory knows its type.</summary>
    public EndPoint Of(ListenerSettings listener) => listener switch
    {
        UnixListenerSettings unix => Of(unix),
        VirtioSerialListenerSettings serial => new VirtioSerialEndPoint(serial.Port, endsLines: serial.Announce),
        VsockListenerSettings vsock => new VsockEndPoint(vsock, live),
        VsockConnectSettings vsock => new VsockDialEndPoint(new VsockAddress(vsock.Cid, vsock.Port)),
        _ => throw new InvalidOperationException($"no transport for {listener.GetType()}"),
    };

    /// <summary>A bound socket for an address that <see cref="Of(ListenerSettings)"/> gave.</summary>
    public Socket Bind(EndPoint address) => UnixSocketFile.Bind(_sockets[address.ToString()!]);

    private UnixDomainSocketEndPoint Of(UnixListenerSettings unix)
    {
        var address = new UnixDomainSocketEndPoint(unix.Path);
        _sockets[address.ToString()] = unix;
        return address;
    }
}
