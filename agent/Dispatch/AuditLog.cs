using GuestAgent.Contracts;
using GuestAgent.Errors;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dispatch;

/// <summary>
/// Records every call that does more than look, and every refusal: who, what, decision, outcome. No arguments, no
/// payloads: they may hold secrets. What repeats is summed up, so that neither a download in a thousand pieces nor a host that
/// tries paths fills the log.
/// </summary>
internal sealed partial class AuditLog
{
    private readonly ILogger<AuditLog> _logger;
    private readonly TimeProvider _clock;
    private readonly AuditDigest _digest;

    /// <summary>Writes to a log.</summary>
    public AuditLog(ILogger<AuditLog> logger, TimeProvider clock)
    {
        _logger = logger;
        _clock = clock;
        _digest = new AuditDigest(Record, clock);
    }

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
        string decision = refused ? "denied" : record.Subject is null ? "invalid" : "allowed";
        string outcome = failure is null ? "ok" : Words.SnakeCase(failure.Code);
        string subject = record.Subject ?? (refused ? failure!.Message : "-");
        _digest.Add(
            new AuditLine(
                $"op={record.Contract.Name} listener={context.Caller.Listener} peer={context.Caller.Peer}",
                $"decision={decision} outcome={outcome} rule={failure?.Detail?.Rule ?? "-"} subject={Quoted(subject)}",
                record.Subject is null ? $"listener={context.Caller.Listener}" : null),
            context.Id.Json,
            record.Bytes,
            (long)_clock.GetElapsedTime(record.StartTimestamp).TotalMilliseconds);
    }

    /// <summary>Writes what was summed up and not written yet; what comes after it is written at once.</summary>
    public void Close() => _digest.Close();

    // A path with a quotation mark in it must not look like the end of the subject and further fields.
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [LoggerMessage(Level = LogLevel.Information, Message = "audit {Text}")]
    private partial void Record(string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} failed by a defect of the agent")]
    private partial void Defect(string operation, Exception? exception);
}
