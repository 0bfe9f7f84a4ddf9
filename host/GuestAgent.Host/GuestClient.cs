using System.IO.Pipelines;
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
/// once and <see cref="Closed"/> completes; connect again for a new one.
/// </remarks>
/// <example>
/// <code>
/// await using GuestClient guest = await GuestClient.ConnectAsync("unix:///run/vm1/agent.sock");
/// CommandResult kernel = await guest.ExecuteAsync(new("uname", "-a"));
/// </code>
/// </example>
public sealed partial class GuestClient : IAsyncDisposable
{
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);

    private readonly AgentSession _session;

    private GuestClient(AgentSession session)
    {
        _session = session;
        Files = new GuestFiles(session);
        Processes = new GuestProcesses(session);
        Clock = new GuestClock(session);
        Power = new GuestPower(session);
    }

    /// <summary>
    /// Who answered hello. Text in it is the guest's own: not verified, and not fit for a terminal as it is.
    /// </summary>
    public AgentDescription Agent => _session.Agent;

    /// <summary>
    /// Completes when the connection has ended, with the reason, <see cref="ConnectionFailure.Disposed"/> after
    /// <see cref="DisposeAsync"/>. Never faults.
    /// </summary>
    public Task<GuestConnectionException> Closed => _session.Closed;

    /// <summary>The guest's files and directories.</summary>
    public GuestFiles Files { get; }

    /// <summary>The guest's running processes. To start one, see <see cref="StartAsync"/>.</summary>
    public GuestProcesses Processes { get; }

    /// <summary>The guest's wall clock.</summary>
    public GuestClock Clock { get; }

    /// <summary>Power-off and restart of the guest.</summary>
    public GuestPower Power { get; }

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
    public static async Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= GuestClientOptions.Default;
        IConnector connector = Connectors.For(endpoint);
        Stream stream = await Dialing.DialAsync(connector, options, cancellationToken).ConfigureAwait(false);
        return new GuestClient(await Attachment
            .OpenAsync(ByteChannel.Over(stream), connector.IsUnaccepted, options, cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>Says hello over a channel that is open already, such as a forwarded socket.</summary>
    /// <param name="channel">
    /// The channel, which belongs to the client from now on, also when this fails. A read under way must end when it is
    /// cancelled or the stream disposed.
    /// </param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Gives up; has no effect later.</param>
    /// <exception cref="GuestConnectionException">No agent answers.</exception>
    /// <exception cref="GuestAgentException">The agent refused hello.</exception>
    public static Task<GuestClient> AttachAsync(
        Stream channel, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return AttachAsync(ByteChannel.Over(channel), options, cancellationToken);
    }

    /// <inheritdoc cref="AttachAsync(Stream, GuestClientOptions?, CancellationToken)"/>
    public static Task<GuestClient> AttachAsync(
        IDuplexPipe channel, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return AttachAsync(ByteChannel.Over(channel), options, cancellationToken);
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
        TimeSpan timeout = CommandRequests.Timeout(command, Agent.Limits.MaxCommandSeconds);
        return _session.CallAsync(
            ExecCommand.Contract.Name,
            CommandRequests.Collected(command, timeout),
            ExecCommand.Contract.Request,
            CommandAnswers.Read,
            timeout + _session.Options.CallMargin,
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
        return GuestProcess.StartAsync(_session, command, cancellationToken);
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
        return _session.CallAsync(contract, request, cancellationToken);
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
        return _session.CallAsync(
            method,
            parameters.ValueKind == JsonValueKind.Undefined ? AnyJson.NoParameters : parameters,
            AnyJson.Default.JsonElement,
            static reply => reply.ReadRaw(),
            limit + _session.Options.CallMargin,
            cancellationToken);
    }

    /// <summary>
    /// Ends the connection; pending calls fail with <see cref="ConnectionFailure.Disposed"/>. What was sent before
    /// still goes out, for at most a second.
    /// </summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static async Task<GuestClient> AttachAsync(
        ByteChannel channel, GuestClientOptions? options, CancellationToken cancellationToken) =>
        new(await Attachment
            .OpenAsync(channel, static () => false, options ?? GuestClientOptions.Default, cancellationToken)
            .ConfigureAwait(false));
}
