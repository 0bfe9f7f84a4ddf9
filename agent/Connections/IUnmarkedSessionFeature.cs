namespace GuestAgent.Connections;

/// <summary>
/// On a connection whose transport may not show when one host goes and another comes: bytes of both can meet in one line,
/// and a change may be noticed only after the next host's first bytes.
/// </summary>
internal interface IUnmarkedSessionFeature
{
    /// <summary>
    /// Called when the transport notices that another host has come, perhaps after its first bytes. Says whether what waits
    /// to be sent was for the former host: false where the new one has made itself known before.
    /// </summary>
    Func<bool>? HostChanged { get; set; }
}
