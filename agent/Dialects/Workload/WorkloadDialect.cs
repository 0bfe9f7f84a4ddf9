using GuestAgent.Dispatch;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.Workload;

/// <summary>The dialect of hosts that bring programs along: one request, lines of output, one result. See PROTOCOL.md.</summary>
internal sealed class WorkloadDialect(Dispatcher dispatcher, ILogger<WorkloadDialect> logger) : IDialect
{
    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        using var conversation = new WorkloadConversation(connection, listener, dispatcher, logger);
        await conversation.RunAsync();
    }
}
