using GuestAgent.Connections;

namespace GuestAgent.Transports.Vsock;

/// <summary>Says of a connection whether its peer is still one that the listener takes.</summary>
/// <param name="listener">The listener that it came through.</param>
/// <param name="cid">The peer.</param>
internal sealed class VsockAdmission(VsockListener listener, uint cid) : IAdmissionFeature
{
    /// <inheritdoc/>
    public bool IsAdmitted => listener.Allows(cid);
}
