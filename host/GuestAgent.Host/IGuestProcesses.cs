using GuestAgent.Contracts.Processes;

namespace GuestAgent.Host;

/// <summary>The guest's running processes, as those that use <see cref="GuestProcesses"/> see them: to be replaced in tests.</summary>
public interface IGuestProcesses
{
    /// <inheritdoc cref="GuestProcesses.ListAsync(string?, string?, CancellationToken)"/>
    IAsyncEnumerable<ProcessEntry> ListAsync(
        string? user = null, string? name = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcesses.SignalAsync(int, int, CancellationToken)"/>
    Task SignalAsync(int pid, int signal = 15, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestProcesses.SignalAsync(ProcessEntry, int, CancellationToken)"/>
    Task SignalAsync(ProcessEntry process, int signal = 15, CancellationToken cancellationToken = default);
}
