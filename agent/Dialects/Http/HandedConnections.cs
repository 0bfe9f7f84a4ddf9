using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects.Http;

/// <summary>What Kestrel takes for a listener: connections that the agent's own listeners have accepted and handed over.</summary>
internal sealed class HandedConnections : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>An address that is none.</summary>
    public EndPoint EndPoint { get; } = new Address();

    /// <summary>Hands a connection over.</summary>
    public void Add(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out ConnectionContext? connection)
            ? connection
            : null;

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private sealed class Address : EndPoint
    {
        public override string ToString() => "handed over";
    }
}
