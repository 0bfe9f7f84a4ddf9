using GuestAgent.Dispatch;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The native dialect: JSON-RPC 2.0, one object a line, every operation reachable. See PROTOCOL.md.</summary>
internal sealed class JsonRpcDialect(Dispatcher dispatcher, ILogger<JsonRpcDialect> logger) : IDialect
{
    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        var conversation = new JsonRpcConversation(connection, listener, dispatcher, logger);
        await conversation.RunAsync();
    }
}
