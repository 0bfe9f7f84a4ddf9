using System.Net;

namespace GuestAgent.Transports;

/// <summary>A vsock port to listen on.</summary>
/// <param name="port">The port, on every address.</param>
/// <param name="allowedCids">Contexts whose connections are taken.</param>
internal sealed class VsockEndPoint(uint port, IReadOnlyList<uint> allowedCids) : EndPoint
{
    /// <summary>The port, on every address.</summary>
    public uint Port { get; } = port;

    /// <summary>True when connections from this context are taken.</summary>
    public bool Allows(uint cid)
    {
        foreach (uint allowed in allowedCids)
        {
            if (allowed == cid)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => $"vsock:{Port}";
}
