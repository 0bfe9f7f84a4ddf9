namespace GuestAgent.Dispatch;

/// <summary>What an audit record says of a call beside the call's own figures. Calls with an equal line repeat one another.</summary>
/// <param name="Who">Operation, listener and peer.</param>
/// <param name="What">Decision, outcome, rule and subject.</param>
/// <param name="Flood">For a call that was not granted, what it is counted under when there are too many such lines.</param>
internal readonly record struct AuditLine(string Who, string What, string? Flood)
{
    /// <summary>The record of one call.</summary>
    public string Of(string id, long bytes, long milliseconds) => $"{Who} id={id} {What} bytes={bytes} ms={milliseconds}";
}
