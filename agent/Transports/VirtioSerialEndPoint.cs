using System.Net;

namespace GuestAgent.Transports;

/// <summary>A virtio-serial port by its name.</summary>
/// <param name="port">Name as the host gave it.</param>
/// <param name="endsLines">Whether an attach begins with the end of a line that was cut off before.</param>
internal sealed class VirtioSerialEndPoint(string port, bool endsLines) : EndPoint
{
    /// <summary>Name as the host gave it.</summary>
    public string Port { get; } = port;

    /// <summary>Whether an attach begins with the end of a line that was cut off before.</summary>
    public bool EndsLines { get; } = endsLines;

    /// <inheritdoc/>
    public override string ToString() => "virtio-serial:" + Port;
}
