namespace GuestAgent.Dispatch;

/// <summary>Follows the answer of one call on its way to the peer: what the transport took is not yet received.</summary>
internal interface IReplyReceipt
{
    /// <summary>
    /// Completes when the peer has the answer, as far as can be known: it said so, or it is gone; at the latest when
    /// <paramref name="patience"/> has passed twice, once for sending the answer and once for the peer's word. To be
    /// called before the call is answered, and awaited after that.
    /// </summary>
    Task ReceivedAsync(TimeSpan patience);
}
