namespace GuestAgent.Dispatch;

/// <summary>Tells why a call was cancelled: by whoever made it, or because the agent stops.</summary>
internal interface ICallStop
{
    /// <summary>True when the call was ended because the agent stops, and nobody had cancelled it.</summary>
    bool IsDue { get; }
}
