using GuestAgent.Contracts.Session;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Requests about the conversation itself, answered on the spot: no operation, no policy, no place.</summary>
internal static class ConversationMessages
{
    /// <summary>Answers a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="attach">The host's stay.</param>
    /// <param name="reply">The answer.</param>
    /// <returns>False when it is not about the conversation.</returns>
    public static bool TryAnswer(in JsonRpcMessage message, JsonRpcAttach attach, out Reply reply)
    {
        try
        {
            var arguments = new JsonArguments(message.Params);
            switch (message.Method)
            {
                case Cancel.Method:
                    reply = TakeCancel(arguments.Read(CancelJson.Default.CancelRequest), attach);
                    return true;
                case ReplyReceived.Method:
                    reply = TakeReplyReceived(arguments.Read(ReplyReceivedJson.Default.ReplyReceivedRequest), attach);
                    return true;
                case SessionStatus.Method:
                    _ = arguments.Read(HelloJson.Default.SessionStatusRequest);
                    reply = Reply.Of(
                        new SessionStatusResult(attach.Session, attach.Lines), HelloJson.Default.SessionStatusResult);
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

    private static Reply TakeCancel(CancelRequest request, JsonRpcAttach attach)
    {
        JsonRpcCall? call = attach.Find(request.Id);
        call?.Cancel();
        return Reply.Of(new CancelResult(call is not null), CancelJson.Default.CancelResult);
    }

    private static Reply TakeReplyReceived(ReplyReceivedRequest request, JsonRpcAttach attach)
    {
        bool awaited = attach.Acknowledge(request.Id);
        return Reply.Of(new ReplyReceivedResult(awaited), ReplyReceivedJson.Default.ReplyReceivedResult);
    }
}
