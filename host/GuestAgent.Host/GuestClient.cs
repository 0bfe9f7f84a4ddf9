using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Exec;
using GuestAgent.Host.Commands;
using GuestAgent.Host.Sessions;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host;

/// <summary>
/// A connection to the agent of one guest. Calls may be made from any number of tasks at once and are answered in any
/// order. The agent is not trusted: whatever it sends, a call ends with a result or with a
/// <see cref="GuestException"/>.
/// </summary>
/// <remarks>
/// A guest has one channel and a channel has one client: share it. When the connection ends, all pending calls fail at
/// once and <see cref="Closed"/> completes; connect again for a new one. With <see cref="GuestClientOptions.Reconnect"/>
/// the client does that by itself: calls wait for the new connection, those that are safe to repeat are sent again, and
/// only the others fail, since they may have been carried out.
/// </remarks>
/// <example>
/// <code>
/// await using GuestClient guest = await GuestClient.ConnectAsync("unix:///run/vm1/agent.sock");
/// CommandResult kernel = await guest.ExecuteAsync(new("uname", "-a"));
/// </code>
/// </example>
public sealed partial class GuestClient : IGuestClient, IAsyncDisposable
{
    private const string CustomChannels = "custom";

    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);

    private readonly GuestLink _link;

    private GuestClient(GuestLink link)
    {
        _link = link;
        Files = new GuestFiles(link);
        Processes = new GuestProcesses(link);
        Clock = new GuestClock(link);
        Power = new GuestPower(link);
        Forwarding = new GuestForwarding(link);
    }

    /// <summary>
    /// Who answered the last hello. Text in it is the guest's own: not verified, and not fit for a terminal as it is.
    /// </summary>
    public AgentDescription Agent => _link.Agent;

    /// <summary>
    /// Completes when the connection has ended for good, with the reason, <see cref="ConnectionFailure.Disposed"/> after
    /// <see cref="DisposeAsync"/>. Never faults.
    /// </summary>
    public Task<GuestConnectionException> Closed => _link.Closed;

    /// <summary>How this client stands to its agent now.</summary>
    public ConnectionStatus Status => _link.Status.Value;

    /// <summary>The guest's files and directories.</summary>
    public GuestFiles Files { get; }

    /// <summary>The guest's running processes. To start one, see <see cref="StartAsync"/>.</summary>
    public GuestProcesses Processes { get; }

    /// <summary>The guest's wall clock.</summary>
    public GuestClock Clock { get; }

    /// <summary>Power-off and restart of the guest.</summary>
    public GuestPower Power { get; }

    /// <summary>Connections to and from ports and Unix sockets of the guest.</summary>
    public GuestForwarding Forwarding { get; }

    /// <inheritdoc/>
    IGuestForwarding IGuestClient.Forwarding => Forwarding;

    /// <inheritdoc/>
    IGuestFiles IGuestClient.Files => Files;

    /// <inheritdoc/>
    IGuestProcesses IGuestClient.Processes => Processes;

    /// <inheritdoc/>
    IGuestClock IGuestClient.Clock => Clock;

    /// <inheritdoc/>
    IGuestPower IGuestClient.Power => Power;

    /// <summary>Connects to the agent behind an endpoint and says hello.</summary>
    /// <param name="endpoint">As for <see cref="GuestEndpoint.Parse"/>: <c>unix:///path</c> or <c>/path</c>.</param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Gives up connecting; has no effect later.</param>
    /// <exception cref="GuestEndpointException"><paramref name="endpoint"/> is no endpoint.</exception>
    /// <exception cref="GuestConnectionException">There is no connection, or no agent that answers on it.</exception>
    /// <exception cref="GuestAgentException">The agent refused hello.</exception>
    public static Task<GuestClient> ConnectAsync(
        string endpoint, GuestClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(GuestEndpoint.Parse(endpoint), options, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(string, GuestClientOptions?, CancellationToken)"/>
    public static Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= GuestClientOptions.Default;
        return OpenAsync(
            SessionOpener.To(Connectors.For(endpoint, options.ReadsByWaiting), endpoint.ToString(), options),
            cancellationToken);
    }

    /// <summary>Connects over channels of another kind, such as a socket forwarded by SSH, and says hello.</summary>
    /// <param name="open">
    /// Opens a channel, which belongs to the client from then on; called again for each attempt to reconnect. A read under
    /// way must end when the stream is disposed.
    /// </param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Gives up connecting; has no effect later.</param>
    /// <exception cref="GuestConnectionException">No agent answers.</exception>
    /// <exception cref="GuestAgentException">The agent refused hello.</exception>
    public static Task<GuestClient> ConnectAsync(
        Func<CancellationToken, Task<Stream>> open,
        GuestClientOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        return OpenAsync(
            SessionOpener.To(new CustomConnector(open), CustomChannels, options ?? GuestClientOptions.Default),
            cancellationToken);
    }

    /// <summary>
    /// Says hello over a channel that is open already, such as a forwarded socket. The client lives as long as the channel:
    /// it cannot reconnect.
    /// </summary>
    /// <param name="channel">
    /// The channel, which belongs to the client from now on, also when this fails. A read under way must end when it is
    /// cancelled or the stream disposed.
    /// </param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Gives up; has no effect later.</param>
    /// <exception cref="GuestConnectionException">No agent answers.</exception>
    /// <exception cref="GuestAgentException">The agent refused hello.</exception>
    public static Task<GuestClient> ConnectAsync(
        Stream channel, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return ConnectAsync(ByteChannel.Over(channel), options, cancellationToken);
    }

    /// <inheritdoc cref="ConnectAsync(Stream, GuestClientOptions?, CancellationToken)"/>
    public static Task<GuestClient> ConnectAsync(
        IDuplexPipe channel, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return ConnectAsync(ByteChannel.Over(channel), options, cancellationToken);
    }

    /// <summary>Runs a command to its end and returns its output. Cancelling ends it in the guest.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="cancellationToken">Gives up at once; the guest is told to end the command.</param>
    /// <returns>How it ended, whatever its exit code.</returns>
    /// <exception cref="GuestCommandException">It was refused, could not be started, or ran into its time limit, with
    /// what it had written by then.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<CommandResult> ExecuteAsync(GuestCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _link.CallAsync(
            new Request<ExecCommandRequest>(
                ExecCommand.Contract.Name,
                CommandRequests.Collected(command),
                ExecCommand.Contract.Request,
                ExecCommand.Contract.IsRepeatable,
                CommandRequests.TimeLimit(command, byDefault: TimeSpan.FromSeconds(ExecCommand.DefaultSeconds)) + _link.Options.CallMargin),
            CommandAnswers.Read,
            cancellationToken);
    }

    /// <summary>Starts a command whose output is read while it runs. Returns when the request is on its way.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="cancellationToken">Abandons the command for as long as it runs: the guest is told to end
    /// it.</param>
    /// <exception cref="GuestException">The request could not be sent. That the guest refuses it shows in
    /// <see cref="GuestProcess.Completion"/>.</exception>
    public Task<GuestProcess> StartAsync(GuestCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return GuestProcess.StartAsync(_link, command, cancellationToken);
    }

    /// <inheritdoc/>
    async Task<IGuestProcess> IGuestClient.StartAsync(GuestCommand command, CancellationToken cancellationToken) =>
        await StartAsync(command, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// How this client stands to its agent: first as it is now, then each change, none left out. Ends behind
    /// <see cref="ConnectionState.Closed"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<ConnectionStatus> WatchConnectionAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Succession<ConnectionStatus> status = _link.Status;
        yield return status.Value;
        while (status.Value.State != ConnectionState.Closed)
        {
            status = await status.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
            yield return status.Value;
        }
    }

    /// <summary>Calls any operation by its contract.</summary>
    /// <param name="contract">
    /// The operation. The answer is waited for as long as its deadline and the margin; without end if it has none.
    /// </param>
    /// <param name="request">Its parameters.</param>
    /// <param name="cancellationToken">Gives up at once; the agent is told to cancel the call.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<TResult> CallAsync<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract, TRequest request, CancellationToken cancellationToken = default)
        where TRequest : class
        where TResult : class
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(request);
        return _link.CallAsync(contract, request, cancellationToken);
    }

    /// <summary>Calls any operation by its name, with parameters and result as JSON.</summary>
    /// <param name="method">Its name on the wire.</param>
    /// <param name="parameters">Its parameters, an object; none when <c>default</c>.</param>
    /// <param name="deadline">How long the agent may take, above 0; 30 s when null. The margin comes on top.</param>
    /// <param name="cancellationToken">Gives up at once; the agent is told to cancel the call.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<JsonElement> CallAsync(
        string method,
        JsonElement parameters = default,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        TimeSpan limit = deadline ?? UsualDeadline;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(deadline));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, GuestCommand.MaxTimeout, nameof(deadline));
        return _link.CallAsync(
            new Request<JsonElement>(
                method,
                parameters.ValueKind == JsonValueKind.Undefined ? AnyJson.NoParameters : parameters,
                AnyJson.Default.JsonElement,
                IsRepeatable: false,
                limit + _link.Options.CallMargin),
            static reply => reply.ReadRaw(),
            cancellationToken);
    }

    /// <summary>
    /// Ends the connection; pending calls fail with <see cref="ConnectionFailure.Disposed"/>. What was sent before
    /// still goes out, for at most a second.
    /// </summary>
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <summary>
    /// The same for a process that ends: what was sent before goes out, and the kernel does the rest. The client is of no use
    /// after that.
    /// </summary>
    internal Task LeaveAsync() => _link.LeaveAsync();

    private static Task<GuestClient> ConnectAsync(
        ByteChannel channel, GuestClientOptions? options, CancellationToken cancellationToken) =>
        OpenAsync(SessionOpener.Over(channel, options ?? GuestClientOptions.Default), cancellationToken);

    private static async Task<GuestClient> OpenAsync(SessionOpener opener, CancellationToken cancellationToken) =>
        new(await GuestLink.OpenAsync(opener, cancellationToken).ConfigureAwait(false));
}
