using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;

namespace GuestAgent.Host;

/// <summary>
/// A connection to the agent of one guest, as those that use <see cref="GuestClient"/> see it: to be handed around and replaced in
/// tests. Whoever opened it ends it, and so it cannot be disposed here.
/// </summary>
public interface IGuestClient
{
    /// <inheritdoc cref="GuestClient.Agent"/>
    AgentDescription Agent { get; }

    /// <inheritdoc cref="GuestClient.Closed"/>
    Task<GuestConnectionException> Closed { get; }

    /// <inheritdoc cref="GuestClient.Status"/>
    ConnectionStatus Status { get; }

    /// <inheritdoc cref="GuestClient.Files"/>
    IGuestFiles Files { get; }

    /// <inheritdoc cref="GuestClient.Processes"/>
    IGuestProcesses Processes { get; }

    /// <inheritdoc cref="GuestClient.Clock"/>
    IGuestClock Clock { get; }

    /// <inheritdoc cref="GuestClient.Power"/>
    IGuestPower Power { get; }

    /// <inheritdoc cref="GuestClient.Forwarding"/>
    IGuestForwarding Forwarding { get; }

    /// <inheritdoc cref="GuestClient.ExecuteAsync(GuestCommand, CancellationToken)"/>
    Task<CommandResult> ExecuteAsync(GuestCommand command, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.StartAsync(GuestCommand, CancellationToken)"/>
    Task<IGuestProcess> StartAsync(GuestCommand command, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.QuiesceAsync(TimeSpan?, CancellationToken)"/>
    Task<IAsyncDisposable> QuiesceAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.WatchConnectionAsync(CancellationToken)"/>
    IAsyncEnumerable<ConnectionStatus> WatchConnectionAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.CallAsync{TRequest, TResult}(OperationContract{TRequest, TResult}, TRequest, CancellationToken)"/>
    Task<TResult> CallAsync<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : class
        where TResult : class;

    /// <inheritdoc cref="GuestClient.CallAsync(string, JsonElement, TimeSpan?, CancellationToken)"/>
    Task<JsonElement> CallAsync(
        string method, JsonElement parameters = default, TimeSpan? deadline = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.PingAsync(CancellationToken)"/>
    Task<PingResult> PingAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.GetAgentInfoAsync(CancellationToken)"/>
    Task<AgentDescription> GetAgentInfoAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.CheckPolicyAsync(string, JsonElement, CancellationToken)"/>
    Task<PolicyCheckResult> CheckPolicyAsync(
        string operation, JsonElement parameters = default, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.GetSystemInfoAsync(CancellationToken)"/>
    Task<SystemInfo> GetSystemInfoAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.GetNetworkInfoAsync(CancellationToken)"/>
    Task<NetworkInfo> GetNetworkInfoAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.GetDiskUsageAsync(CancellationToken)"/>
    Task<DiskUsage> GetDiskUsageAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.WatchTelemetryAsync(TimeSpan?, CancellationToken)"/>
    IAsyncEnumerable<TelemetryReport> WatchTelemetryAsync(
        TimeSpan? interval = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClient.WatchEventsAsync(CancellationToken)"/>
    IAsyncEnumerable<AgentEvents> WatchEventsAsync(CancellationToken cancellationToken = default);
}
