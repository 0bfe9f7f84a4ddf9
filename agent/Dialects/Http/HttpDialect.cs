using GuestAgent.Connections;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// HTTP/1.1: each operation is a POST, so that curl and any library of any language is a host. Kestrel reads and writes it; what a
/// request may do, when and for how long is decided behind it, as for every dialect. See PROTOCOL.md.
/// </summary>
internal sealed class HttpDialect(DialectParts parts) : IDialect
{
    private readonly HttpServer _server = new(parts.Loggers);

    /// <summary>What it can do.</summary>
    public static DialectTraits Traits { get; } = new(
        // In streams that a host opens for it.
        Push: true,
        Bodies: false,
        Batches: false,
        // Replies come in the order of requests, RFC 9112 section 9.3.2.
        ConcurrentCalls: false,
        // After a host that left in the middle of a message, the next host's are not found.
        Resynchronises: false);

    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        MemoryShare memory = parts.Memory.OpenShare();
        var admission = new CallAdmission(listener, parts.Dispatcher, memory, Peer.Of(connection));
        var host = new HttpHost(push => new Session(admission, push, static _ => Task.CompletedTask), memory, listener);
        await using var served = new HttpConnection(connection, host);
        try
        {
            await _server.ServeAsync(served);
        }
        finally
        {
            host.End();
        }
    }
}
