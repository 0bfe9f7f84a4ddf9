using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;

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
    /// Asks whether an operation would be allowed now, and by which rule, as the agent decides when it is asked for; nothing is
    /// done of it.
    /// </summary>
    /// <param name="operation">Its name on the wire.</param>
    /// <param name="parameters">Its parameters, an object; none when <c>default</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The check failed. An operation that is refused is a result.</exception>
    public Task<PolicyCheckResult> CheckPolicyAsync(
        string operation, JsonElement parameters = default, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        return CallAsync(
            PolicyCheck.Contract,
            new PolicyCheckRequest(operation, parameters.ValueKind == JsonValueKind.Undefined ? null : parameters),
            cancellationToken);
    }

    /// <inheritdoc cref="CheckPolicyAsync(string, JsonElement, CancellationToken)"/>
    /// <param name="contract">The operation.</param>
    /// <param name="request">Its parameters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <typeparam name="TRequest">Type of the parameters.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    public Task<PolicyCheckResult> CheckPolicyAsync<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : class
        where TResult : class
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(request);
        return CheckPolicyAsync(
            contract.Name, JsonSerializer.SerializeToElement(request, contract.Request), cancellationToken);
    }

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

    /// <summary>
    /// Load of the guest as it goes: processors, memory, disks, network. Goes on over reconnects, with nothing in between;
    /// a reader that is slow gets the newest report only.
    /// </summary>
    /// <param name="interval">
    /// Time between two reports, 1 s to an hour; 5 s when null. Shorter when another enumeration of this client wants so.
    /// </param>
    /// <param name="cancellationToken">Ends the enumeration, and with the last one the guest's work for it.</param>
    /// <exception cref="GuestAgentException">The guest refuses.</exception>
    /// <exception cref="GuestConnectionException">The connection ended for good.</exception>
    public IAsyncEnumerable<TelemetryReport> WatchTelemetryAsync(
        TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        TimeSpan asked = interval ?? TimeSpan.FromSeconds(5);
        ArgumentOutOfRangeException.ThrowIfLessThan(asked, TimeSpan.FromSeconds(1), nameof(interval));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(asked, TimeSpan.FromHours(1), nameof(interval));
        return _link.Feeds.Telemetry.WatchAsync(_link, asked, cancellationToken);
    }

    /// <summary>
    /// Tells when something in the guest changes: <c>network</c>, <c>mounts</c>; ask what with the method for it. Goes on
    /// over reconnects, after which all kinds are told with sequence 0, since changes may have been missed.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration, and with the last one the guest's work for it.</param>
    /// <exception cref="GuestAgentException">The guest refuses.</exception>
    /// <exception cref="GuestConnectionException">The connection ended for good.</exception>
    public IAsyncEnumerable<AgentEvents> WatchEventsAsync(CancellationToken cancellationToken = default) =>
        _link.Feeds.Events.WatchAsync(_link, default, cancellationToken);
}
