using System.Net;
using GuestAgent.Settings;

namespace GuestAgent.Transports;

/// <summary>A Unix socket in the file system to listen on.</summary>
/// <param name="settings">Its path and permissions.</param>
internal sealed class UnixEndPoint(UnixListenerSettings settings) : EndPoint
{
    /// <summary>Its path and permissions.</summary>
    public UnixListenerSettings Settings { get; } = settings;

    /// <inheritdoc/>
    public override string ToString() => Settings.Name;
}
