using GuestAgent.Connections;

namespace GuestAgent.Transports;

/// <summary>Says of a connection whether its peer is still one that the listener takes.</summary>
/// <param name="endpoint">The listener's address.</param>
/// <param name="cid">The peer.</param>
internal sealed class VsockAdmission(VsockEndPoint endpoint, uint cid) : IAdmissionFeature
{
    /// <inheritdoc/>
    public bool IsAdmitted => endpoint.Allows(cid);
}
