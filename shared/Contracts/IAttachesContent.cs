using GuestAgent.Contracts.Files;

namespace GuestAgent.Contracts;

/// <summary>
/// A result whose content may go behind the message that holds it, as it is: neither escaped nor in base64. Only for a peer
/// that has asked for it, on a channel that begins anew with each peer.
/// </summary>
public interface IAttachesContent
{
    /// <summary>How many bytes follow the message; 0 for none.</summary>
    int AttachedBytes { get; }

    /// <summary>Hands those bytes over; the result has none from then on.</summary>
    FileContent Detach();
}
