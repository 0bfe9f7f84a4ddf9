using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Session;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// A question to the agent about this session: any answer is a sign of life, and a right one says that the agent has read
/// every line that was sent before. An agent that a restored snapshot has taken back in time answers something else.
/// </summary>
internal sealed class SessionQuestion
{
    // Of an agent that can only tell that it is alive.
    private const long NotTold = -1;

    private readonly PendingCalls _pending;
    private readonly PendingCall _call;
    private readonly string _session;
    private readonly long _lines;

    private SessionQuestion(PendingCalls pending, PendingCall call, string session, long lines)
    {
        _pending = pending;
        _call = call;
        _session = session;
        _lines = lines;
    }

    /// <summary>True when an agent can tell more than that it is alive.</summary>
    public static bool IsUnderstoodBy(AgentDescription agent) => agent.Capabilities.Contains(SessionStatus.Method);

    /// <summary>Asks; completes when the question went out. Behind a long message that takes a while.</summary>
    public static async Task<SessionQuestion> AskAsync(
        AgentDescription agent, PendingCalls pending, MessageWriter writer, RequestIds ids, CancellationToken stop)
    {
        CallId id = ids.Next();
        if (!IsUnderstoodBy(agent))
        {
            Line ping = Line.Call(id, Ping.Contract.Name, new PingRequest(), Ping.Contract.Request);
            var sign = new PendingCall(id, Ping.Contract.Name, repeatable: true, output: null);
            pending.Add(sign);
            await writer.WriteThroughAsync(ping, stop).ConfigureAwait(false);
            return new SessionQuestion(pending, sign, ids.Session, NotTold);
        }

        var call = new PendingCall(id, SessionStatus.Method, repeatable: true, output: null);
        pending.Add(call);
        Line line = Line.Call(
            id, SessionStatus.Method, new SessionStatusRequest(), HelloJson.Default.SessionStatusRequest);
        return new SessionQuestion(
            pending, call, ids.Session, await writer.WriteThroughAsync(line, stop).ConfigureAwait(false));
    }

    /// <summary>Waits for the answer and judges it.</summary>
    /// <param name="patience">Longest wait; a later answer is not looked at.</param>
    /// <param name="clock">The clock of the wait.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False when none came.</returns>
    /// <exception cref="GuestConnectionException">The agent does not follow this session any more.</exception>
    public async Task<bool> IsAnsweredAsync(TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            Reply reply = await _call.Reply.WaitAsync(patience, clock, stop).ConfigureAwait(false);
            if (_lines == NotTold)
            {
                reply.Return();
            }
            else
            {
                Judge(reply);
            }

            return true;
        }
        catch (TimeoutException)
        {
            _pending.TryRemove(_call.Id, out PendingCall? _);
            return false;
        }
        catch (OperationCanceledException)
        {
            _pending.TryRemove(_call.Id, out PendingCall? _);
            throw;
        }
    }

    private void Judge(Reply reply)
    {
        SessionStatusResult? status;
        try
        {
            status = reply.Read(HelloJson.Default.SessionStatusResult);
        }
        catch (GuestAgentException)
        {
            // Another agent than said hello: an older one, before its upgrade.
            status = null;
        }
        finally
        {
            reply.Return();
        }

        if (status?.Session != _session || status.Lines != _lines)
        {
            throw GuestConnectionException.LostThread();
        }
    }
}
