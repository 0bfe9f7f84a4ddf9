using System.Net;
using GuestAgent.Settings;

namespace GuestAgent.Transports;

/// <summary>The address of a listener, which its settings have; here for whoever knows no more of it than that.</summary>
/// <param name="settings">The listener.</param>
internal sealed class ListenerEndPoint(ListenerSettings settings) : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => settings.Name;
}
