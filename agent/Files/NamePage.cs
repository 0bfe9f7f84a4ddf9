using GuestAgent.Linux.Files;


namespace GuestAgent.Files;

/// <summary>
/// Finds the first names behind a given one, in the order of their bytes, and keeps no more of them than asked for,
/// however large the directory is.
/// </summary>
/// <param name="limit">How many.</param>
/// <param name="after">The name before the first; empty for none.</param>
/// <param name="hidden">Whether names that begin with a dot count.</param>
internal sealed class NamePage(int limit, ReadOnlyMemory<byte> after, bool hidden)
{
    // The largest on top, which goes when a smaller one comes.
    private readonly PriorityQueue<FileName, FileName> _kept =
        new(Comparer<FileName>.Create((one, other) => other.CompareTo(one)));

    /// <summary>True when there are more names than asked for.</summary>
    public bool More { get; private set; }

    /// <summary>How many names are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>Looks at a name.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        if ((!hidden && name[0] == (byte)'.') || name.SequenceCompareTo(after.Span) <= 0)
        {
            return;
        }

        if (_kept.Count < limit)
        {
            Keep(name);
            return;
        }

        More = true;
        if (name.SequenceCompareTo(_kept.Peek().Bytes) < 0)
        {
            _kept.Dequeue();
            Keep(name);
        }
    }

    /// <summary>The names, in order.</summary>
    public FileName[] Sorted()
    {
        var names = new FileName[_kept.Count];
        int count = 0;
        foreach ((FileName name, _) in _kept.UnorderedItems)
        {
            names[count++] = name;
        }

        Array.Sort(names);
        return names;
    }

    private void Keep(ReadOnlySpan<byte> name)
    {
        var kept = new FileName(name);
        _kept.Enqueue(kept, kept);
    }
}
