using GuestAgent.Accounts;
using GuestAgent.Commands;
using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using GuestAgent.Execution;
using GuestAgent.Files;
using GuestAgent.Forwarding;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;
using GuestAgent.Power;
using GuestAgent.Settings;
using GuestAgent.Storage;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations;

/// <summary>
/// What operations are built on: the things that live as long as the agent, and what operations share among themselves, which is
/// made with the first of them that needs it.
/// </summary>
/// <param name="Settings">The settings in force.</param>
/// <param name="Loop">Watches descriptors.</param>
/// <param name="Spawner">Starts children.</param>
/// <param name="Power">The one arranged end of the guest.</param>
/// <param name="TemporaryNames">Files that have no lasting name yet.</param>
/// <param name="Uploads">Uploads under way.</param>
/// <param name="CommandRecords">Commands that a crash must not make anybody forget.</param>
/// <param name="Ongoing">What goes on after it was allowed.</param>
/// <param name="Audit">Records what hosts ask for.</param>
/// <param name="Identity">Who this agent is.</param>
/// <param name="Waiting">Listeners that cannot serve anybody now.</param>
/// <param name="LostLogRecords">How many records of the log are lost.</param>
/// <param name="Clock">The time.</param>
internal sealed record OperationParts(
    LiveSettings Settings,
    EpollLoop Loop,
    ChildSpawner Spawner,
    PowerSchedule Power,
    TemporaryNames TemporaryNames,
    Uploads Uploads,
    CommandRecords CommandRecords,
    Ongoing Ongoing,
    AuditLog Audit,
    AgentIdentity Identity,
    Func<IReadOnlyList<WaitingListener>> Waiting,
    Func<long> LostLogRecords,
    TimeProvider Clock)
{
    private object? _making;
    private AccountDatabase? _accounts;
    private RunningCommands? _commands;
    private CommandRunner? _runner;
    private CommandPolicy? _commandPolicy;
    private RuntimePolicy? _runtimes;
    private PathPolicy? _paths;
    private SwitchPolicy? _switches;
    private PowerPolicy? _powerPolicy;
    private ForwardPolicy? _forwardPolicy;
    private Forwards? _forwards;
    private DiskReader? _disks;
    private TelemetryFeed? _telemetry;
    private GuestEvents? _events;
    private OperationCatalog? _catalog;
    private PolicyChecks? _checks;

    /// <summary>All operations.</summary>
    public OperationCatalog Catalog => Make(ref _catalog, () => Registration.Build(this));

    /// <summary>What would become of a call.</summary>
    public PolicyChecks Checks => Make(ref _checks, () => new PolicyChecks(Catalog, Audit));

    /// <summary>Users and groups.</summary>
    public AccountDatabase Accounts => Make(ref _accounts, () => new AccountDatabase(new Getent(Spawner, TimeProvider.System)));

    /// <summary>Commands that run.</summary>
    public RunningCommands Commands => Make(ref _commands, () => new RunningCommands(Settings));

    /// <summary>Runs commands.</summary>
    public CommandRunner Runner => Make(
        ref _runner,
        () => new CommandRunner(Spawner, new ProcessTree(Loop, Clock), Accounts, CommandRecords, Settings, Clock));

    /// <summary>Which commands are allowed.</summary>
    public CommandPolicy CommandPolicy => Make(ref _commandPolicy, () => new CommandPolicy(Settings, Accounts));

    /// <summary>Which programs of hosts are allowed.</summary>
    public RuntimePolicy Runtimes => Make(ref _runtimes, () => new RuntimePolicy(Settings, Accounts));

    /// <summary>Which paths are allowed.</summary>
    public PathPolicy Paths => Make(ref _paths, () => new PathPolicy(Settings));

    /// <summary>What is allowed or not as a whole.</summary>
    public SwitchPolicy Switches => Make(ref _switches, () => new SwitchPolicy(Settings));

    /// <summary>Who may end the guest.</summary>
    public PowerPolicy PowerPolicy => Make(ref _powerPolicy, () => new PowerPolicy(Settings));

    /// <summary>Which connections may be forwarded.</summary>
    public ForwardPolicy ForwardPolicy => Make(ref _forwardPolicy, () => new ForwardPolicy(Settings));

    /// <summary>Connections and listeners that are forwarded.</summary>
    public Forwards Forwards => Make(ref _forwards, () => new Forwards(Settings));

    /// <summary>How full file systems are.</summary>
    public DiskReader Disks => Make(ref _disks, () => new DiskReader(new CapacityProbe(Clock)));

    /// <summary>Who gets reports.</summary>
    public TelemetryFeed Telemetry => Make(ref _telemetry, () => new TelemetryFeed(Disks, Clock));

    /// <summary>Who gets events.</summary>
    public GuestEvents Events => Make(ref _events, () => new GuestEvents(Loop, Clock));

    // One of each, whichever calls come first and together. A failure, as when memory has run out, is not kept.
    private T Make<T>(ref T? kept, Func<T> make)
        where T : class => LazyInitializer.EnsureInitialized(ref kept, ref _making, make);
}
