using GuestAgent.Contracts;
using GuestAgent.Errors;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dispatch;

/// <summary>
/// Records every call that does more than look, and every refusal: who, what, decision, outcome. No arguments, no
/// payloads: they may hold secrets.
/// </summary>
internal sealed partial class AuditLog(ILogger<AuditLog> logger, TimeProvider clock)
{
    /// <summary>Records the end of a call.</summary>
    /// <param name="record">The call.</param>
    /// <param name="failure">How it failed; null when it did not.</param>
    /// <param name="exception">What was thrown; logged with its trace only when it is a defect of the agent.</param>
    public void Write(in AuditRecord record, Failure? failure, Exception? exception = null)
    {
        if (failure?.Code == ErrorCode.Internal)
        {
            Defect(record.Contract.Name, exception);
        }

        bool refused = record.Subject is null && failure is { Code: ErrorCode.PermissionDenied };
        bool silent = record.Contract.Access == Access.Observe || record.Contract.ContinuesAuditedCall;
        if (silent && !refused)
        {
            return;
        }

        CallContext context = record.Context;
        Call(
            record.Contract.Name,
            context.Caller.Listener,
            context.Caller.Peer,
            context.Id.Json,
            refused ? "denied" : record.Subject is null ? "invalid" : "allowed",
            failure is null ? "ok" : Words.SnakeCase(failure.Code),
            failure?.Detail?.Rule ?? "-",
            record.Subject ?? (refused ? failure!.Message : "-"),
            (long)clock.GetElapsedTime(record.StartTimestamp).TotalMilliseconds);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "audit op={Operation} listener={Listener} peer={Peer} id={Id} decision={Decision} outcome={Outcome} " +
            "rule={Rule} subject=\"{Subject}\" ms={Milliseconds}")]
    private partial void Call(
        string operation,
        string listener,
        string peer,
        string id,
        string decision,
        string outcome,
        string rule,
        string subject,
        long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} failed by a defect of the agent")]
    private partial void Defect(string operation, Exception? exception);
}
