using System.Net;
using GuestAgent.Linux;

namespace GuestAgent.Transports;

/// <summary>A vsock address to connect to.</summary>
/// <param name="peer">Who listens there.</param>
internal sealed class VsockDialEndPoint(VsockAddress peer) : EndPoint
{
    /// <summary>Who listens there.</summary>
    public VsockAddress Peer { get; } = peer;

    /// <inheritdoc/>
    public override string ToString() => $"vsock-connect:{Peer}";
}
