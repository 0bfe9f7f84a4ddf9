using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Host;

/// <content>What the agent and the guest tell of themselves.</content>
public sealed partial class GuestClient
{
    /// <summary>Asks for a sign of life.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">There was none.</exception>
    public Task<PingResult> PingAsync(CancellationToken cancellationToken = default) =>
        CallAsync(Ping.Contract, new PingRequest(), cancellationToken);

    /// <summary>Asks who the agent is and what it can do, as it is now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<AgentDescription> GetAgentInfoAsync(CancellationToken cancellationToken = default) =>
        CallAsync(GetAgentInfo.Contract, new GetAgentInfoRequest(), cancellationToken);

    /// <summary>
    /// Asks what the guest is: operating system, machine, memory, load, time zone, who is logged in. Memory is in KiB.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<SystemInfo> GetSystemInfoAsync(CancellationToken cancellationToken = default) =>
        CallAsync(GetSystemInfo.Contract, new GetSystemInfoRequest(), cancellationToken);

    /// <summary>Asks for the guest's network interfaces, addresses, counters, routes and name servers.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<NetworkInfo> GetNetworkInfoAsync(CancellationToken cancellationToken = default) =>
        CallAsync(GetNetworkInfo.Contract, new GetNetworkInfoRequest(), cancellationToken);

    /// <summary>
    /// Asks how full the guest's file systems are, in bytes. One that does not answer is named and does not fail the call.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<DiskUsage> GetDiskUsageAsync(CancellationToken cancellationToken = default) =>
        CallAsync(GetDiskUsage.Contract, new GetDiskUsageRequest(), cancellationToken);
}
