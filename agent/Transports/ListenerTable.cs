using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using GuestAgent.Transports.Unix;
using GuestAgent.Transports.VirtioSerial;
using GuestAgent.Transports.Vsock;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>Binds listeners: the one place that knows which transport the settings of each mean.</summary>
/// <param name="live">The settings in force.</param>
/// <param name="loop">Watches what they open.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="loggers">Where they tell what is in their way.</param>
internal sealed class ListenerTable(LiveSettings live, EpollLoop loop, TimeProvider clock, ILoggerFactory loggers)
{
    /// <summary>Binds a listener; those that wait out what is in their way do so when they are asked to accept.</summary>
    /// <exception cref="LinuxException">A Unix socket cannot be made.</exception>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public IConnectionListener Bind(ListenerSettings settings) => settings switch
    {
        UnixListenerSettings unix => new UnixListener(unix, loop),
        VirtioSerialListenerSettings port =>
            new VirtioSerialListener(port, loop, clock, loggers.CreateLogger<VirtioSerialListener>()),
        VsockListenerSettings vsock => new VsockListener(vsock, live, loop, clock, loggers.CreateLogger<VsockListener>()),
        VsockConnectSettings vsock => new VsockDialer(vsock, loop, clock, loggers.CreateLogger<VsockDialer>()),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings, "no transport for these settings"),
    };
}
