using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The native dialect: JSON-RPC 2.0, one object a line, every operation reachable. See PROTOCOL.md.</summary>
internal sealed class JsonRpcDialect(Dispatcher dispatcher, MemoryBudget memory, ILogger<JsonRpcDialect> logger) : IDialect
{
    /// <summary>What it can do.</summary>
    public static DialectTraits Traits { get; } = new(
        Push: true,
        Bodies: true,
        Batches: true,
        ConcurrentCalls: true,
        // A line is a message.
        Resynchronises: true);

    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        var conversation = new JsonRpcConversation(connection, listener, dispatcher, memory.OpenShare(), logger);
        await conversation.RunAsync();
    }
}
