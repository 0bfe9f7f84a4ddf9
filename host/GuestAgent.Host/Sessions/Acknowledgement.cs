using GuestAgent.Contracts.Power;
using GuestAgent.Contracts.Session;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Tells the agent that the answer has arrived, where the guest goes down after it: what is still on its way then is lost.
/// </summary>
internal static class Acknowledgement
{
    /// <summary>Acknowledges an answer if the agent waits for that. Completes when it is queued.</summary>
    public static Task SendAsync(AgentSession session, PendingCall call, Reply reply) =>
        reply.Error.IsEmpty && (call.Method == Shutdown.Contract.Name || call.Method == Reboot.Contract.Name)
            ? session.PostAsync(
                ReplyReceived.Method,
                new ReplyReceivedRequest(call.Id),
                ReplyReceivedJson.Default.ReplyReceivedRequest)
            : Task.CompletedTask;
}
