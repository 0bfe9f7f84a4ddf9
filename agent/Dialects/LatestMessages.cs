namespace GuestAgent.Dialects;

/// <summary>Telemetry on its way out: of each kind the newest alone. Under the lock of <see cref="OutboundLanes"/>.</summary>
internal sealed class LatestMessages
{
    private readonly Dictionary<string, PooledLine> _lines = new(StringComparer.Ordinal);

    /// <summary>True when none waits.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Whether one of this kind waits.</summary>
    public bool Has(string kind) => _lines.ContainsKey(kind);

    /// <summary>Puts one in place of that of its kind, which is dropped.</summary>
    public void Put(string kind, PooledLine line)
    {
        Drop(kind);
        _lines.Add(kind, line);
    }

    /// <summary>Takes any; null when there is none.</summary>
    public PooledLine? Take()
    {
        foreach (string kind in _lines.Keys)
        {
            _lines.Remove(kind, out PooledLine? line);
            return line;
        }

        return null;
    }

    /// <summary>Drops those that have waited for longer than <paramref name="age"/>.</summary>
    public void DropOlderThan(TimeSpan age)
    {
        foreach (string kind in (string[])[.. _lines.Keys])
        {
            if (_lines[kind].Age > age)
            {
                Drop(kind);
            }
        }
    }

    /// <summary>Drops all.</summary>
    public void Clear()
    {
        while (Take() is { } line)
        {
            line.Dispose();
        }
    }

    private void Drop(string kind)
    {
        if (_lines.Remove(kind, out PooledLine? line))
        {
            line.Dispose();
        }
    }
}
