namespace GuestAgent.Host;

/// <summary>Connects at first use, keeps the client, and ends it with the program.</summary>
/// <param name="connect">Makes a connected client.</param>
internal sealed class GuestClientSource(Func<CancellationToken, Task<GuestClient>> connect) : IGuestClientSource, IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    // Neither is ever disposed: who comes late is told that the source is, and not that a part of it is.
    private readonly CancellationTokenSource _stop = new();
    private volatile GuestClient? _client;

    /// <inheritdoc/>
    public ConnectionStatus? Status => _client?.Status;

    /// <inheritdoc/>
    public ValueTask<IGuestClient> GetAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, typeof(IGuestClientSource));
        return _client is { Closed.IsCompleted: false } client
            ? ValueTask.FromResult<IGuestClient>(client)
            : new ValueTask<IGuestClient>(ConnectAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>For a provider that is disposed of so; takes up to a second.</remarks>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<IGuestClient> ConnectAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await _gate.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(IGuestClientSource));
        }

        try
        {
            if (_client is { Closed.IsCompleted: false } client)
            {
                return client;
            }

            await EndAsync().ConfigureAwait(false);
            either.Token.ThrowIfCancellationRequested();
            return _client = await connect(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(IGuestClientSource));
        }
        finally
        {
            _gate.Release();
        }
    }

    // A channel has one client: the old one gives it back first.
    private async Task EndAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
