namespace GuestAgent.Connections;

/// <summary>
/// On a connection whose transport may not show when one host goes and another comes: bytes of both can meet in one line,
/// and a change may be noticed only after the next host's first bytes.
/// </summary>
internal interface IUnmarkedAttachFeature
{
    /// <summary>
    /// Called when the transport notices that another host has come. What was asked shortly before may be the new host's.
    /// </summary>
    Action? HostChanged { get; set; }
}
