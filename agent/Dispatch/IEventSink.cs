using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>Sends events of one call to the peer, in the form of its dialect.</summary>
internal interface IEventSink
{
    /// <summary>Longest event, in the bytes of the native dialect.</summary>
    int MaxBytes { get; }

    /// <summary>
    /// Sends an event. Completes when there is room for more, so that awaiting it is the back-pressure. The content may
    /// be reused as soon as the call returns.
    /// </summary>
    ValueTask EmitAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class;
}
