using System.Runtime.CompilerServices;
using GuestAgent.Contracts.Processes;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>The processes of a guest, whoever started them. See <see cref="GuestClient.Processes"/>.</summary>
public sealed class GuestProcesses : IGuestProcesses
{
    private const int PageLength = 1000;

    private readonly GuestLink _link;

    internal GuestProcesses(GuestLink link) => _link = link;

    /// <summary>Lists processes by number, asking for page after page while it is enumerated.</summary>
    /// <param name="user">Only processes of this user: a name, or a number in decimal; of all when null.</param>
    /// <param name="name">Only processes with this name, or whose program file has it; all when null.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="GuestAgentException">The policy refuses.</exception>
    /// <exception cref="GuestException">A call failed.</exception>
    public async IAsyncEnumerable<ProcessEntry> ListAsync(
        string? user = null, string? name = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int after = 0; ;)
        {
            int last = after;
            ProcessListResult page = await _link
                .CallAsync(
                    ProcessList.Contract,
                    new ProcessListRequest(user, name, PageLength, after),
                    result => Check(result, last),
                    cancellationToken)
                .ConfigureAwait(false);
            foreach (ProcessEntry process in page.Processes)
            {
                yield return process;
            }

            if (!page.Truncated)
            {
                yield break;
            }

            after = page.Processes[^1].Pid;
        }
    }

    /// <summary>Sends a signal to a process; never to PID 1, a kernel thread or the agent, which the guest refuses.</summary>
    /// <param name="pid">Its number. It may belong to another process by now; give an entry to be safe from that.</param>
    /// <param name="signal">Signal number, 1 to 64 (signal(7)); SIGTERM by default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestAgentException">There is no such process, or the policy refuses.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task SignalAsync(int pid, int signal = 15, CancellationToken cancellationToken = default) =>
        SignalAsync(new ProcessSignalRequest(pid, signal), cancellationToken);

    /// <summary>Sends a signal to a process that was listed, and to no other that has its number by now.</summary>
    /// <param name="process">The process.</param>
    /// <param name="signal">Signal number, 1 to 64 (signal(7)); SIGTERM by default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestAgentException">The process is gone, or the policy refuses.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task SignalAsync(ProcessEntry process, int signal = 15, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(process);
        return SignalAsync(new ProcessSignalRequest(process.Pid, signal, process.StartedMs), cancellationToken);
    }

    private Task<ProcessSignalResult> SignalAsync(ProcessSignalRequest request, CancellationToken cancellationToken) =>
        _link.CallAsync(ProcessSignal.Contract, request, cancellationToken);

    // Ascending numbers also see to it that a list comes to an end.
    private static ProcessListResult Check(ProcessListResult page, int after)
    {
        if (page.Processes.Count > PageLength || (page.Truncated && page.Processes.Count == 0))
        {
            throw GuestConnectionException.Violation("a page of processes has a length that it cannot have.");
        }

        int last = after;
        foreach (ProcessEntry process in page.Processes)
        {
            last = process.Pid > last
                ? process.Pid
                : throw GuestConnectionException.Violation("processes are not in the order of their numbers.");
        }

        return page;
    }
}
