namespace GuestAgent.Connections;

/// <summary>
/// On a connection whose transport may not show when one host goes and another comes: bytes of both can meet in one line.
/// </summary>
internal interface IUnmarkedAttachFeature;
