using GuestAgent.Commands;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Clock;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Power;
using GuestAgent.Contracts.Processes;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Linux;
using GuestAgent.Operations.Agent;
using GuestAgent.Operations.Clock;
using GuestAgent.Operations.Exec;
using GuestAgent.Operations.Info;
using GuestAgent.Operations.Power;
using GuestAgent.Operations.Processes;
using GuestAgent.Operations.Telemetry;
using GuestAgent.Policy;
using GuestAgent.Power;
using GuestAgent.Processes;
using GuestAgent.Settings;
using GuestAgent.Storage;
using GuestAgent.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Operations;

/// <summary>Every operation of the agent: one line each, with who must allow it.</summary>
internal static class Registration
{
    /// <summary>Names of all operations, before there is anything to run them with.</summary>
    public static IReadOnlySet<string> Names
    {
        get
        {
            using var loop = new EpollLoop();
            using var spawner = new ChildSpawner(loop);
            var settings = new LiveSettings(new AgentSettings([]));
            var power = new PowerSchedule(
                new PowerSwitch(spawner, TimeProvider.System, NullLogger<PowerSwitch>.Instance),
                static _ => { },
                TimeProvider.System,
                NullLogger<PowerSchedule>.Instance);
            return Build(settings, loop, spawner, new ProcessTree(loop, TimeProvider.System), power, TimeProvider.System).Names;
        }
    }

    /// <summary>Registers all operations.</summary>
    public static OperationCatalog Build(
        LiveSettings settings,
        EpollLoop loop,
        ChildSpawner spawner,
        ProcessTree tree,
        PowerSchedule power,
        TimeProvider clock)
    {
        var catalog = new OperationCatalog();
        var identity = new AgentIdentity(catalog, settings);
        var policy = new CommandPolicy(settings);
        var commands = new RunningCommands(settings);
        var accounts = new AccountDatabase(spawner);
        var runner = new CommandRunner(spawner, tree, accounts, settings, clock);
        var powerPolicy = new PowerPolicy(settings);
        var switches = new SwitchPolicy(settings);
        var disks = new DiskReader(new CapacityProbe(clock));
        var telemetry = new TelemetryFeed(disks, clock);
        var events = new GuestEvents(loop, clock);

        catalog.Add(Ping.Contract, new PingOperation(clock));
        catalog.Add(GetAgentInfo.Contract, new GetAgentInfoOperation(identity));
        catalog.Add(ExecCommand.Contract, (r, _) => policy.Authorise(r.Checked()), new ExecCommandOperation(runner, commands));
        catalog.Add(ExecStdin.Contract, (r, c) => commands.Find(r.Id, c), new ExecStdinOperation());
        catalog.Add(ExecSignal.Contract, (r, c) => commands.Find(r.Id, c), new ExecSignalOperation());
        catalog.Add(ExecCredit.Contract, (r, c) => commands.Find(r.Id, c), new ExecCreditOperation());
        catalog.Add(GetSystemInfo.Contract, new GetSystemInfoOperation());
        catalog.Add(GetNetworkInfo.Contract, new GetNetworkInfoOperation());
        catalog.Add(GetDiskUsage.Contract, new GetDiskUsageOperation(disks));
        catalog.Add(ProcessList.Contract, (_, _) => switches.AuthoriseProcessList(), new ProcessListOperation(accounts));
        catalog.Add(ProcessSignal.Contract, (r, _) => switches.AuthoriseSignal(r), new ProcessSignalOperation());
        catalog.Add(TimeGet.Contract, new TimeGetOperation());
        catalog.Add(TimeSet.Contract, (_, _) => switches.AuthoriseClock(), new TimeSetOperation());
        catalog.Add(TelemetrySubscribe.Contract, new TelemetrySubscribeOperation(telemetry));
        catalog.Add(TelemetryUnsubscribe.Contract, new TelemetryUnsubscribeOperation(telemetry));
        catalog.Add(EventsSubscribe.Contract, new EventsSubscribeOperation(events));
        catalog.Add(EventsUnsubscribe.Contract, new EventsUnsubscribeOperation(events));
        catalog.Add(
            Shutdown.Contract,
            (r, _) => powerPolicy.Authorise(PowerAction.PowerOff, r.TimeoutSeconds, r.Force, r.Message),
            new ShutdownOperation(power));
        catalog.Add(
            Reboot.Contract,
            (r, _) => powerPolicy.Authorise(PowerAction.Reboot, r.TimeoutSeconds, r.Force, r.Message),
            new RebootOperation(power));
        catalog.Add(ShutdownCancel.Contract, (_, _) => powerPolicy.AuthoriseCancel(), new ShutdownCancelOperation(power));
        return catalog;
    }
}
