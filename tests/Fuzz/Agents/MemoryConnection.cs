using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Dialects;
using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GuestAgent.Tests.Fuzz.Agents;

/// <summary>A connection in memory, seen from the host.</summary>
internal sealed class MemoryConnection : IUnmarkedSessionFeature, IConnectionLifetimeNotificationFeature, IDisposable
{
    private static readonly PipeOptions Options = new(pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _toAgent = new(Options);
    private readonly Pipe _toHost = new(Options);
    private readonly CancellationTokenSource _stop = new();
    private readonly DefaultConnectionContext _connection = new();

    /// <summary>Makes it.</summary>
    /// <param name="isUnmarked">Whether it is like a virtio port, which does not show where one host ends.</param>
    public MemoryConnection(bool isUnmarked)
    {
        _connection.Transport = new End(_toAgent.Reader, _toHost.Writer);
        _connection.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        if (isUnmarked)
        {
            _connection.Features.Set<IUnmarkedSessionFeature>(this);
        }
    }

    /// <inheritdoc/>
    public Func<bool>? HostChanged { get; set; }

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested
    {
        get => _stop.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>What the agent has sent.</summary>
    public PipeReader Output => _toHost.Reader;

    /// <summary>Has a dialect serve it.</summary>
    public async Task ServeAsync(IDialect dialect, ListenerProfile profile)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await dialect.ServeAsync(_connection, profile);
        }
        finally
        {
            await _toHost.Writer.CompleteAsync();
        }
    }

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _toAgent.Writer.WriteAsync(bytes);

    /// <summary>Sends no more.</summary>
    public void EndInput() => _toAgent.Writer.Complete();

    /// <summary>Tells the agent to stop.</summary>
    public void RequestClose() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
