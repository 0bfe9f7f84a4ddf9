using GuestAgent.Contracts.Session;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Requests about the conversation itself, answered on the spot: no operation, no policy, no place.</summary>
internal static class ConversationMessages
{
    /// <summary>Answers a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="session">The host's session.</param>
    /// <param name="reply">The answer.</param>
    /// <returns>False when it is not about the conversation.</returns>
    public static bool TryAnswer(in JsonRpcMessage message, JsonRpcSession session, out Reply reply)
    {
        try
        {
            switch (message.Method)
            {
                case Cancel.Method:
                    reply = TakeCancel(JsonParameters.Read(message.Params, CancelJson.Default.CancelRequest, "params"), session);
                    return true;
                case ReplyReceived.Method:
                    reply = TakeReplyReceived(JsonParameters.Read(message.Params, ReplyReceivedJson.Default.ReplyReceivedRequest, "params"), session);
                    return true;
                case SessionStatus.Method:
                    _ = JsonParameters.Read(message.Params, HelloJson.Default.SessionStatusRequest, "params");
                    reply = Reply.Of(
                        new SessionStatusResult(session.Name, session.Lines), HelloJson.Default.SessionStatusResult);
                    return true;
                default:
                    reply = default;
                    return false;
            }
        }
        catch (OperationException e)
        {
            reply = Reply.Of(Failure.From(e));
            return true;
        }
    }

    private static Reply TakeCancel(CancelRequest request, JsonRpcSession session)
    {
        bool found = session.Cancel(request.Id);
        return Reply.Of(new CancelResult(found), CancelJson.Default.CancelResult);
    }

    private static Reply TakeReplyReceived(ReplyReceivedRequest request, JsonRpcSession session)
    {
        bool awaited = session.Acknowledge(request.Id);
        return Reply.Of(new ReplyReceivedResult(awaited), ReplyReceivedJson.Default.ReplyReceivedResult);
    }
}
