using GuestAgent.Connections;
using GuestAgent.Contracts.Session;
using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>A connection on which one host may follow another, each with a generation of what is sent.</summary>
/// <param name="lanes">Where everything is sent.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="admission">Admits and starts calls.</param>
/// <param name="connection">The connection.</param>
internal sealed class JsonRpcChannel(
    OutboundLanes lanes, ListenerProfile listener, CallAdmission admission, ConnectionContext connection)
    : IHostChannel<JsonRpcSession>
{
    /// <inheritdoc/>
    public JsonRpcSession Open(string? name)
    {
        int generation = lanes.Generation;
        return new JsonRpcSession(
            admission,
            new JsonRpcPush(lanes, listener, generation),
            WhenTakenAsync,
            new DirectReplies(lanes, generation),
            listener,
            lanes.Memory,
            name);
    }

    /// <inheritdoc/>
    public void Clear() => lanes.Clear();

    /// <inheritdoc/>
    public void DropOlderThan(TimeSpan age) => lanes.DropOlderThan(age);

    /// <inheritdoc/>
    /// <remarks>With <c>agent_ready</c>, unless the listener is configured not to.</remarks>
    public void Announce()
    {
        if (listener.Settings.Announce)
        {
            lanes.PostReply(JsonRpcLine.Notification(
                AgentReady.Event.Name, listener.Describe(), AgentReady.Event.Shape, lanes.Memory));
        }
    }

    private async Task WhenTakenAsync(CancellationToken cancellationToken)
    {
        await lanes.WhenIdleAsync();
        await TakenBytes.WaitAsync(connection, cancellationToken);
    }
}
