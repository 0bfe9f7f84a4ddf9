using System.Buffers;
using System.Threading.Channels;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Dialects.Http.Streams;

/// <summary>What a host has subscribed to, on its way into a stream: the newest of it waits until the stream has taken it.</summary>
/// <param name="maxBytes">What is longer is not sent.</param>
internal sealed class HttpPush(int maxBytes) : IPush
{
    private readonly Channel<StreamEvent> _events = Channel.CreateBounded<StreamEvent>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private volatile bool _isSending;

    /// <inheritdoc/>
    public bool IsWaiting<T>(EventContract<T> contract)
        where T : class => _isSending || _events.Reader.Count > 0;

    /// <inheritdoc/>
    public void PostLatest<T>(EventContract<T> contract, T content)
        where T : class
    {
        var json = new ArrayBufferWriter<byte>();
        HttpJson.Write(json, content, contract.Shape);
        if (json.WrittenCount <= maxBytes)
        {
            _events.Writer.TryWrite(new StreamEvent(contract.Name, json.WrittenMemory));
        }
    }

    /// <summary>Waits for the next one; the former one has gone out.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none yet.</returns>
    public async Task<StreamEvent?> NextAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _isSending = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await _events.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        _isSending = true;
        return _events.Reader.TryRead(out StreamEvent? next) ? next : null;
    }
}
