using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Sends notifications that no request has asked for; of each kind the newest alone waits.</summary>
/// <param name="lanes">Where they go.</param>
/// <param name="listener">Says how long a message may be.</param>
/// <param name="generation">The host that they are for.</param>
internal sealed class JsonRpcPush(OutboundLanes lanes, ListenerProfile listener, int generation) : IPush
{
    /// <inheritdoc/>
    public bool IsWaiting<T>(EventContract<T> contract)
        where T : class => lanes.HasLatest(contract.Name);

    /// <inheritdoc/>
    public void PostLatest<T>(EventContract<T> contract, T content)
        where T : class
    {
        PooledLine line = JsonRpcLine.Notification(contract.Name, content, contract.Shape, lanes.Memory);
        if (line.Length > listener.Limits.MaxMessageBytes)
        {
            line.Dispose();
            return;
        }

        lanes.PostLatest(contract.Name, line, generation);
    }
}
