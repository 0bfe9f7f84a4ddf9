using System.Net;
using GuestAgent.Settings;

namespace GuestAgent.Transports;

/// <summary>A vsock port to listen on, and who may connect there as it is in force now.</summary>
/// <param name="settings">The listener when it was opened.</param>
/// <param name="live">The settings in force.</param>
internal sealed class VsockEndPoint(VsockListenerSettings settings, LiveSettings live) : EndPoint
{
    /// <summary>The port, on every address.</summary>
    public uint Port => settings.Port;

    /// <summary>True when connections from this context are taken, and go on.</summary>
    public bool Allows(uint cid)
    {
        foreach (ListenerSettings listener in live.Current.Listeners)
        {
            if (listener is VsockListenerSettings vsock && vsock.Port == Port)
            {
                return vsock.Allows(cid);
            }
        }

        // Not in force yet, or no more.
        return settings.Allows(cid);
    }

    /// <inheritdoc/>
    public override string ToString() => settings.Name;
}
