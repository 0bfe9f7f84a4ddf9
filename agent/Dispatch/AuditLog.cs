using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Logging;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dispatch;

/// <summary>
/// Records every call that does more than look, and every refusal: who, what, decision, outcome; what changes something before
/// it starts, too. No arguments, no payloads: they may hold secrets. What repeats is summed up, so that neither a download in a
/// thousand pieces nor a host that tries paths fills the log.
/// </summary>
internal sealed partial class AuditLog
{
    private readonly ILogger<AuditLog> _logger;
    private readonly TimeProvider _clock;
    private readonly AuditStarts _starts;
    private readonly AuditDigest _digest;

    /// <summary>Writes to a log.</summary>
    public AuditLog(ILogger<AuditLog> logger, TimeProvider clock)
    {
        _logger = logger;
        _clock = clock;
        _starts = new AuditStarts(Record, clock);
        _digest = new AuditDigest(Record, RecordRefusal, clock);
    }

    /// <summary>Records a call that is allowed and about to start, if its contract wants that.</summary>
    public void Begin(in AuditRecord record)
    {
        if (record.Contract.IsAuditedFirst)
        {
            _starts.Add(Line(record, "allowed", "started", null, record.Subject!), Id(record.Context));
        }
    }

    /// <summary>Records the end of a call.</summary>
    /// <param name="record">The call.</param>
    /// <param name="failure">How it failed; null when it did not.</param>
    /// <param name="exception">What was thrown; logged with its trace only when it is a defect of the agent.</param>
    public void End(in AuditRecord record, Failure? failure, Exception? exception = null)
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

        _digest.Add(
            Line(
                record,
                refused ? "denied" : record.Subject is null ? "invalid" : "allowed",
                failure is null ? "ok" : Words.SnakeCase(failure.Code),
                failure?.Detail?.Rule,
                record.Subject ?? (refused ? failure!.Message : "-")),
            Id(record.Context),
            record.Bytes,
            (long)_clock.GetElapsedTime(record.StartTimestamp).TotalMilliseconds);
    }

    /// <summary>Records that something is ended which settings that have come into force do not allow any more.</summary>
    /// <param name="ended">What was allowed, and went on.</param>
    /// <param name="refusal">What it is refused by now.</param>
    public void WriteWithdrawal(IOngoing ended, Failure refusal) => _digest.Add(
        new AuditLine(
            $"op={ended.Operation} listener={ended.Caller.Listener} peer={ended.Caller.Peer}",
            $"decision=withdrawn outcome={Words.SnakeCase(refusal.Code)} rule={refusal.Detail?.Rule ?? "-"} subject={Quoted(ended.Subject)}",
            null),
        ended.Id.Json,
        bytes: 0,
        milliseconds: 0);

    /// <summary>Records that a host has asked what would become of a call.</summary>
    /// <param name="context">What surrounds the check.</param>
    /// <param name="subject">The operation, and what would be granted; null when there is no such operation.</param>
    /// <param name="rule">What would grant it.</param>
    /// <param name="refusal">What it would be refused by.</param>
    public void WriteCheck(CallContext context, string? subject, string? rule, Failure? refusal)
    {
        string listener = Word(context.Caller.Listener);
        string decision = refusal is null ? "allowed" : refusal.Code == ErrorCode.PermissionDenied ? "denied" : "invalid";
        string about = refusal is null ? subject! : decision == "denied" ? $"{subject}: {refusal.Message}" : subject ?? "-";
        _digest.Add(
            new AuditLine(
                $"op=policy_check listener={listener} peer={Word(context.Caller.Peer)}",
                $"decision={decision} outcome={(refusal is null ? "ok" : Words.SnakeCase(refusal.Code))} "
                    + $"rule={rule ?? refusal?.Detail?.Rule ?? "-"} subject={Quoted(about)}",
                refusal is null ? null : $"listener={listener}"),
            Id(context),
            bytes: 0,
            milliseconds: 0);
    }

    /// <summary>Writes what was summed up and not written yet; what comes after it is written at once.</summary>
    public void Close() => _digest.Close();

    private static AuditLine Line(in AuditRecord record, string decision, string outcome, string? rule, string subject)
    {
        string listener = Word(record.Context.Caller.Listener);
        return new AuditLine(
            $"op={record.Contract.Name} listener={listener} peer={Word(record.Context.Caller.Peer)}",
            $"decision={decision} outcome={outcome} rule={rule ?? "-"} subject={Quoted(subject)}",
            record.Subject is null ? $"listener={listener}" : null);
    }

    // With what the host says of the call for those who follow it, which is the call's own as its id is.
    private static string Id(CallContext context) => context.Trace is { } trace
        ? $"{context.Id.Json} trace={Quoted(trace)}"
        : context.Id.Json;

    private static string Word(string text) => text.AsSpan().IndexOfAny(' ', '"', '\\') < 0 ? text : Quoted(text);

    // A path with a quotation mark in it must not look like the end of the subject and further fields.
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [LoggerMessage(Level = LogLevel.Information, Message = "audit {Text}")]
    private partial void Record(string text);

    [LoggerMessage(EventId = LogEvents.Refusal, Level = LogLevel.Information, Message = "audit {Text}")]
    private partial void RecordRefusal(string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Operation} failed by a defect of the agent")]
    private partial void Defect(string operation, Exception? exception);
}
