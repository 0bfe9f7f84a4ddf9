using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Forward;
using GuestAgent.Contracts.Session;
using GuestAgent.Host.Notifications;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The reading loop of a session: gives each answer and each piece of output to the call that it belongs to. Never
/// waits for a caller, and drops what nobody waits for: late answers, and notifications of a newer protocol.
/// </summary>
internal sealed class Inbox(MessageReader reader, PendingCalls pending, Feeds feeds, AgentDescription agent)
{
    /// <summary>Reads until the channel or the agent's good conduct ends.</summary>
    /// <exception cref="GuestConnectionException">The other end closed, broke the protocol, or is another agent
    /// now.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (await reader.ReadAsync(stray: null, stop).ConfigureAwait(false) is { } incoming)
        {
            Deliver(incoming);
        }

        throw GuestConnectionException.Lost(
            "The other end closed the channel: the agent, the guest or its VM has ended.");
    }

    private void Deliver(IncomingMessage incoming)
    {
        if (!incoming.Message.IsReply)
        {
            Notify(incoming.Message);
            incoming.Return();
        }
        else if (incoming.Message.Id == CallId.Null && !incoming.Message.Error.IsEmpty)
        {
            // It got a line that was never sent like that, such as the beginning of one and the end of another.
            throw GuestConnectionException.LostThread();
        }
        else if (incoming.Message.Id is { } id && pending.TryRemove(id, out PendingCall? call))
        {
            call.Answer(Reply.Of(incoming));
        }
    }

    private void Notify(JsonRpcMessage message)
    {
        if (message.Method == ExecCommand.Output.Name)
        {
            ExecOutput piece = GuestJson.Read(message.Params, ExecCommand.Output.Shape);
            pending.FindOutput(piece.Id)?.Accept(piece);
        }
        else if (message.Method == ForwardOpen.Data.Name)
        {
            ForwardData data = GuestJson.Read(message.Params, ForwardOpen.Data.Shape);
            pending.FindForward(data.Id)?.Accept(data);
        }
        else if (message.Method == ForwardOpen.Ready.Name)
        {
            ForwardReady ready = GuestJson.Read(message.Params, ForwardOpen.Ready.Shape);
            pending.FindForward(ready.Id)?.Accept(ready);
        }
        else if (message.Method == ForwardListen.Incoming.Name)
        {
            ForwardIncoming incoming = GuestJson.Read(message.Params, ForwardListen.Incoming.Shape);
            pending.FindForward(incoming.Id)?.Accept(incoming);
        }
        else if (message.Method == AgentReady.Event.Name)
        {
            throw NewSession(GuestJson.Read(message.Params, AgentReady.Event.Shape));
        }
        else
        {
            feeds.Deliver(message);
        }
    }

    // An agent announces itself to each host that comes. Behind our hello that means another agent, or one that has
    // given us up for a host that does not read; either way it knows nothing of what is under way.
    private GuestConnectionException NewSession(AgentDescription announced) =>
        announced.Instance == agent.Instance
            ? GuestConnectionException.Lost("The agent began a new session and dropped what was under way.")
            : new GuestConnectionException(
                ConnectionFailure.AgentRestarted,
                announced.BootId == agent.BootId ? "The agent was restarted." : "The guest was rebooted.");
}
