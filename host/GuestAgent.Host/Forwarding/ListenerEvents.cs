using System.Threading.Channels;
using GuestAgent.Contracts.Forward;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Forwarding;

/// <summary>What the agent tells of a listener.</summary>
internal sealed class ListenerEvents : IForwardEvents
{
    // Many times what an agent lets wait: more is none that keeps the protocol.
    private const int MostWaiting = 1024;

    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<long> _incoming = Channel.CreateBounded<long>(MostWaiting);

    /// <summary>Where it listens.</summary>
    public Task<string> Ready => _ready.Task;

    /// <summary>The next connection, waiting for it; null when none will come.</summary>
    public async ValueTask<long?> TakeAsync(CancellationToken cancellationToken)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_incoming.Reader.TryRead(out long number))
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>No more will come.</summary>
    public void Complete() => _incoming.Writer.TryComplete();

    /// <inheritdoc/>
    public void Accept(ForwardReady ready) => _ready.TrySetResult(ready.Address);

    /// <inheritdoc/>
    public void Accept(ForwardData data) => throw GuestConnectionException.Violation("bytes came from a listener.");

    /// <inheritdoc/>
    public void Accept(ForwardIncoming incoming)
    {
        if (!_incoming.Writer.TryWrite(incoming.Connection) && !_incoming.Reader.Completion.IsCompleted)
        {
            throw GuestConnectionException.Violation("more connections came to a listener than can wait.");
        }
    }
}
