namespace GuestAgent.Host.Workloads;

/// <summary>A guest that ended the exchange without a result, or sent what is none. What it wrote until then is here.</summary>
public sealed class WorkloadException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">What kind it is.</param>
    /// <param name="message">One sentence for an operator.</param>
    /// <param name="logs">The last lines that came before it.</param>
    /// <param name="raw">The first bytes of the message concerned; empty when there is none.</param>
    /// <param name="innerException">The failure behind it.</param>
    public WorkloadException(
        WorkloadFailure reason,
        string message,
        IReadOnlyList<WorkloadLog> logs,
        ReadOnlyMemory<byte> raw = default,
        Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        Logs = logs;
        Raw = raw;
    }

    /// <summary>What kind of failure it is.</summary>
    public WorkloadFailure Reason { get; }

    /// <summary>The last lines that came before it, at most a thousand.</summary>
    public IReadOnlyList<WorkloadLog> Logs { get; }

    /// <summary>The first bytes of the message concerned, at most a kibibyte.</summary>
    public ReadOnlyMemory<byte> Raw { get; }
}
