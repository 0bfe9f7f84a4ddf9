namespace GuestAgent.Host;

/// <summary>A command that runs in the guest, as those that use <see cref="GuestProcess"/> see it: to be replaced in tests.</summary>
public interface IGuestProcess : IAsyncDisposable
{
    /// <inheritdoc cref="GuestProcess.Completion"/>
    Task<CommandExit> Completion { get; }

    /// <inheritdoc cref="GuestProcess.ReadOutputAsync(CancellationToken)"/>
    IAsyncEnumerable<OutputChunk> ReadOutputAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcess.WriteStandardInputAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    Task WriteStandardInputAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcess.CloseStandardInputAsync(CancellationToken)"/>
    Task CloseStandardInputAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcess.SignalAsync(int, bool, CancellationToken)"/>
    Task SignalAsync(int signal, bool wholeGroup = true, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcess.CancelAsync()"/>
    Task CancelAsync();
}
