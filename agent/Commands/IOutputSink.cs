namespace GuestAgent.Commands;

/// <summary>Where one output of a command goes, and what became of it.</summary>
internal interface IOutputSink
{
    /// <summary>The bytes kept for the result, from the beginning.</summary>
    ReadOnlyMemory<byte> Kept { get; }

    /// <summary>Bytes that the command wrote, as far as the agent read them.</summary>
    long TotalBytes { get; }

    /// <summary>True when there was more than was kept or sent.</summary>
    bool Truncated { get; }

    /// <summary>Waits until there is room.</summary>
    /// <returns>Bytes that may be written next, 1 to <paramref name="wanted"/>.</returns>
    ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken);

    /// <summary>Takes bytes; they may be reused as soon as the call has completed.</summary>
    /// <param name="data">What the command wrote; at most what was reserved.</param>
    /// <param name="cancellationToken">Gives up waiting for the host.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Gives a reservation back that was not used up.</summary>
    void Release(int unused);

    /// <summary>Notes that the command wrote more than the agent will read.</summary>
    void CutOff();
}
