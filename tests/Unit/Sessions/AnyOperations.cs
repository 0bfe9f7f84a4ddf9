using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Dialects;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Tests.Unit.Sessions;

/// <summary>Operations that do what a test says, behind the real dispatcher.</summary>
internal sealed class AnyOperations
{
    /// <summary>An operation whose start may wait for the kernel.</summary>
    public const string Blocking = "blocking";

    /// <summary>One that only tells that the agent is alive.</summary>
    public const string Probe = "probe";

    /// <summary>One that is neither.</summary>
    public const string Plain = "plain";

    /// <summary>One that goes on with a running call.</summary>
    public const string Continuing = "continuing";

    /// <summary>Prepares them.</summary>
    /// <param name="limits">The limits in force.</param>
    /// <param name="concurrentCalls">Whether the dialect has several calls in flight.</param>
    public AnyOperations(LimitSettings limits, bool concurrentCalls = true)
    {
        Settings = new LiveSettings(new AgentSettings([], Limits: limits));
        var catalog = new OperationCatalog();
        Add(catalog, New(Blocking, mayBlock: true));
        Add(catalog, New(Probe, isProbe: true));
        Add(catalog, New(Plain));
        Add(catalog, New(Continuing, continues: true));
        var audit = new AuditLog(NullLogger<AuditLog>.Instance, TimeProvider.System);
        var ongoing = new Ongoing();
        Dispatcher = new Dispatcher(
            catalog, audit, Settings, ongoing, new PolicyReview(Settings, audit, ongoing), TimeProvider.System);
        Profile = new ListenerProfile(
            new UnixListenerSettings("/run/a.sock", "jsonrpc"),
            Settings,
            new AgentIdentity(catalog.Names, Settings),
            new DialectTraits(Push: false, Bodies: false, Batches: false, concurrentCalls, Resynchronises: true));
    }

    /// <summary>What each operation does; on the thread that starts it.</summary>
    public Func<CallContext, CancellationToken, Task> Work { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The settings in force.</summary>
    public LiveSettings Settings { get; }

    /// <summary>Runs them.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>A listener.</summary>
    public ListenerProfile Profile { get; }

    /// <summary>The connection's memory.</summary>
    public MemoryShare Memory { get; init; } = AnyMemory.Share();

    /// <summary>A session of a host that cannot be told anything.</summary>
    public Session Open() =>
        new(new CallAdmission(Profile, Dispatcher, Memory, "-"), push: null, _ => Task.CompletedTask);

    private void Add(OperationCatalog catalog, OperationContract<PingRequest, PingResult> contract) => catalog.Add(
        contract.Name,
        () => new Route<PingRequest, Unrestricted, PingResult>(
            contract, static (_, _) => Unrestricted.Instance, new Operation(this)));

    private static OperationContract<PingRequest, PingResult> New(
        string name, bool mayBlock = false, bool isProbe = false, bool continues = false) =>
        new(name, Access.Observe, () => PingJson.Default.PingRequest, () => PingJson.Default.PingResult)
        {
            MayBlock = mayBlock,
            IsProbe = isProbe,
            ContinuesAuditedCall = continues,
        };

    private sealed class Operation(AnyOperations all) : IOperation<PingRequest, Unrestricted, PingResult>
    {
        public async ValueTask<PingResult> ExecuteAsync(
            PingRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
        {
            await all.Work(context, cancellationToken);
            return new PingResult(true, 0);
        }
    }
}
