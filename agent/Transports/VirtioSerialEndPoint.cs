using System.Net;

namespace GuestAgent.Transports;

/// <summary>A virtio-serial port by its name.</summary>
internal sealed class VirtioSerialEndPoint(string port) : EndPoint
{
    /// <summary>Name as the host gave it.</summary>
    public string Port { get; } = port;

    /// <inheritdoc/>
    public override string ToString() => "virtio-serial:" + Port;
}
