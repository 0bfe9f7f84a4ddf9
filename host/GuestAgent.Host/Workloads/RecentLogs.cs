namespace GuestAgent.Host.Workloads;

/// <summary>The last lines of a program, for an error; bounded, because the guest decides how many come.</summary>
internal sealed class RecentLogs
{
    private const int MaxLines = 1000;
    private const int MaxCharacters = 1024 * 1024;

    private readonly Queue<WorkloadLog> _logs = new();
    private long _characters;

    /// <summary>Adds a line; the oldest go for it.</summary>
    public void Add(WorkloadLog log)
    {
        _logs.Enqueue(log);
        _characters += log.Line.Length;
        while (_logs.Count > MaxLines || (_characters > MaxCharacters && _logs.Count > 1))
        {
            _characters -= _logs.Dequeue().Line.Length;
        }
    }

    /// <summary>A copy.</summary>
    public IReadOnlyList<WorkloadLog> ToList() => [.. _logs];
}
