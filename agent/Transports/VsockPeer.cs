using System.Globalization;
using GuestAgent.Connections;

namespace GuestAgent.Transports;

/// <summary>The context at the other end, as the kernel tells it.</summary>
/// <param name="cid">Its number.</param>
internal sealed class VsockPeer(uint cid) : IPeerFeature
{
    /// <inheritdoc/>
    public string Peer { get; } = "cid:" + cid.ToString(CultureInfo.InvariantCulture);
}
