using System.Net;
using GuestAgent.Linux;
using GuestAgent.Settings;
using GuestAgent.Transports;

namespace GuestAgent;

/// <summary>Addresses of configured listeners; a listener factory knows the type of each.</summary>
internal static class ListenerAddresses
{
    /// <summary>The address of a listener.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="live">The settings in force.</param>
    public static EndPoint Of(ListenerSettings listener, LiveSettings live) => listener switch
    {
        UnixListenerSettings unix => new UnixEndPoint(unix),
        VirtioSerialListenerSettings serial => new VirtioSerialEndPoint(serial.Port, endsLines: serial.Announce),
        VsockListenerSettings vsock => new VsockEndPoint(vsock, live),
        VsockConnectSettings vsock => new VsockDialEndPoint(new VsockAddress(vsock.Cid, vsock.Port)),
        _ => throw new InvalidOperationException($"no transport for {listener.GetType()}"),
    };
}
