using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.Workload;

/// <summary>The dialect of hosts that bring programs along: one request, lines of output, one result. See PROTOCOL.md.</summary>
internal sealed class WorkloadDialect(Dispatcher dispatcher, MemoryBudget memory, ILogger<WorkloadDialect> logger) : IDialect
{
    /// <summary>What it can do.</summary>
    public static DialectTraits Traits { get; } = new(
        Push: false,
        Bodies: false,
        Batches: false,
        ConcurrentCalls: false,
        // Its messages have a length before them: after a host that left in the middle of one, the next host's are not found.
        Resynchronises: false);

    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        using var conversation = new WorkloadConversation(connection, listener, dispatcher, memory.OpenShare(), logger);
        await conversation.RunAsync();
    }
}
