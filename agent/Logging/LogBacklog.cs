namespace GuestAgent.Logging;

/// <summary>
/// Lines that nobody has taken yet. When there are too many the oldest of refused requests are lost first, then the oldest of
/// all, and counted: what is left ends with the newest. Not safe for several threads.
/// </summary>
internal sealed class LogBacklog
{
    /// <summary>
    /// Most that waits, in bytes: some 1500 records, more than a pipe holds four times, and little even for the smallest guest.
    /// </summary>
    public const int MaxBytes = 256 * 1024;

    private readonly Queue<Entry> _refusals = new();
    private readonly Queue<Entry> _others = new();
    private long _last;
    private int _bytes;

    /// <summary>Lines lost that have not been told of.</summary>
    public LogLoss Untold { get; private set; }

    /// <summary>All lines lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Whether no line waits.</summary>
    public bool IsEmpty => _bytes == 0;

    /// <summary>Adds a line, at the cost of others where there is no room.</summary>
    /// <param name="line">The line, not empty.</param>
    /// <param name="isRefusal">Whether it tells of a refused request.</param>
    public void Add(byte[] line, bool isRefusal)
    {
        (isRefusal ? _refusals : _others).Enqueue(new Entry(++_last, line));
        _bytes += line.Length;
        while (_bytes > MaxBytes)
        {
            bool losesRefusal = _refusals.Count > 0;
            Remove(losesRefusal ? _refusals : _others);
            Lose(losesRefusal);
        }
    }

    /// <summary>Takes the oldest line out.</summary>
    /// <param name="isRefusal">Whether it tells of a refused request.</param>
    /// <returns>Null when there is none.</returns>
    public byte[]? Take(out bool isRefusal)
    {
        isRefusal = _refusals.TryPeek(out Entry refusal)
            && (!_others.TryPeek(out Entry other) || refusal.Number < other.Number);
        return IsEmpty ? null : Remove(isRefusal ? _refusals : _others);
    }

    /// <summary>Counts a line that was taken out and could not be written.</summary>
    public void Lose(bool isRefusal)
    {
        Lost++;
        Untold = Untold.And(new LogLoss(1, isRefusal ? 1 : 0));
    }

    /// <summary>Counts all lines as lost.</summary>
    public void LoseAll()
    {
        while (Take(out bool isRefusal) is not null)
        {
            Lose(isRefusal);
        }
    }

    /// <summary>Takes out what is to be told of lines lost.</summary>
    public LogLoss TakeLoss()
    {
        LogLoss loss = Untold;
        Untold = default;
        return loss;
    }

    /// <summary>Gives back what could not be told.</summary>
    public void GiveBack(in LogLoss loss) => Untold = Untold.And(loss);

    private byte[] Remove(Queue<Entry> queue)
    {
        byte[] line = queue.Dequeue().Line;
        _bytes -= line.Length;
        return line;
    }

    private readonly record struct Entry(long Number, byte[] Line);
}
