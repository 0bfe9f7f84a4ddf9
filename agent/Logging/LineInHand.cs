namespace GuestAgent.Logging;

/// <summary>
/// The line that is being written: the kernel may take only a part of it at a time, and what is begun is ended, whatever is
/// lost behind it. Before the first line after a loss comes one that tells of it.
/// </summary>
/// <param name="backlog">Where lines come from.</param>
/// <param name="tell">Makes a line that tells of a loss.</param>
internal sealed class LineInHand(LogBacklog backlog, Func<LogLoss, byte[]> tell)
{
    private LogLoss _telling;
    private bool _isRefusal;

    // What was written last is not the end of a line.
    private bool _isTorn;

    /// <summary>What is left of it; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Rest { get; private set; }

    /// <summary>Takes up the next line unless there is one.</summary>
    /// <returns>False when there is nothing to write.</returns>
    public bool TryBegin()
    {
        if (!Rest.IsEmpty)
        {
            return true;
        }

        if (backlog.IsEmpty)
        {
            return false;
        }

        _telling = backlog.TakeLoss();
        byte[] line = _telling.IsAny ? tell(_telling) : backlog.Take(out _isRefusal)!;
        Rest = _isTorn ? (byte[])[(byte)'\n', .. line] : line;
        return true;
    }

    /// <summary>Counts off what was written.</summary>
    /// <param name="count">Bytes, more than none.</param>
    public void Advance(int count)
    {
        Rest = Rest[count..];
        _isTorn = !Rest.IsEmpty;
    }

    /// <summary>Gives it up, as it cannot be written, and with it all that waits.</summary>
    public void Lose()
    {
        if (_telling.IsAny)
        {
            backlog.GiveBack(_telling);
        }
        else
        {
            backlog.Lose(_isRefusal);
        }

        Rest = default;
        backlog.LoseAll();
    }
}
