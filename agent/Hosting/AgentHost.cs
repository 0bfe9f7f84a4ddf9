using GuestAgent.Commands;
using GuestAgent.Contracts.Agent;
using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Execution;
using GuestAgent.Files;
using GuestAgent.Linux;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Logging;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Power;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Transports;
using GuestAgent.Warnings;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Hosting;

/// <summary>
/// The composition root: the one file that names the concrete type of every layer. What is made here asks for no thread and,
/// but for listeners and what a former agent has left, nothing of the kernel: that comes with the first host or command.
/// </summary>
internal static class AgentHost
{
    // Longer than listeners can take with any limits: they know better how long is enough.
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    /// <summary>Serves until the process is told to stop.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="load">Reads and checks it.</param>
    /// <exception cref="SettingsException">It has faults.</exception>
    public static async Task RunAsync(string path, Func<AgentSettings> load)
    {
        NativeHeap.ShareAmongThreads();
        TimeProvider clock = TimeProvider.System;
        // The first to be made and the last to be disposed: what is told until then comes out.
        using var log = new JournalLoggerFactory();
        using var channels = new EpollLoop(runsInline: true);
        using var loop = new EpollLoop();
        // Before the file is read, so that no change is missed.
        using ConfigurationWatch watch = ConfigurationWatch.Begin(path, channels);
        var settings = new LiveSettings(load());
        string state = settings.Current.StateDirectory;
        // Too large a file is an error of the call that writes it, not the end of the agent: setrlimit(2).
        SignalDispositions.Ignore(LibC.SIGXFSZ);
        using var stop = new StopSignal();

        using var spawner = new ChildSpawner(loop, CommandCgroups.TryOpen, logger: log.For<ChildSpawner>());
        using var temporaryNames = new TemporaryNames(state, log.For<TemporaryNames>());
        using var records = new CommandRecords(state, log.For<CommandRecords>());
        using var uploads = new Uploads(settings, clock);
        var power = new PowerSchedule(
            new PowerSwitch(spawner, clock, log.For<PowerSwitch>()),
            UserTerminals.Announce,
            clock,
            log.For<PowerSchedule>());
        var ongoing = new Ongoing();
        var identity = new AgentIdentity(Registration.Names, settings);
        ConnectionHost? connections = null;
        var audit = new AuditLog(log.For<AuditLog>(), clock);
        var operations = new OperationParts(
            settings, loop, spawner, power, temporaryNames, uploads, records, ongoing, audit, identity, Waiting, () => log.Lost, clock);
        var review = new PolicyReview(settings, audit, ongoing, uploads, power);
        var dispatcher = new Dispatcher(operations.Catalog, audit, settings, ongoing, review, clock);
        var parts = new DialectParts(dispatcher, new MemoryBudget(() => settings.Current.Limits.Memory, clock), log);
        connections = new ConnectionHost(
            settings,
            Serve,
            // A ping is answered on the thread that reads it; what may block goes through a StartQueue.
            new ListenerTable(settings, channels, clock, log),
            clock,
            log.For<ConnectionHost>());
        using NotifySocket? manager = NotifySocket.FromEnvironment();
        var notifier = new ServiceNotifier(manager, settings, clock);
        using var reload = new ConfigurationReload(
            path, load, settings, connections, notifier, watch, log.For<ConfigurationReload>());
        using Watchdog? watchdog = Watchdog.FromEnvironment(manager, [channels, loop], clock);

        new LeftOverFiles(state, log.For<LeftOverFiles>()).Remove();
        // What it takes to end them is not waited for: the host may need the agent.
        _ = new LeftOverCommands(state, settings, loop, clock, log.For<LeftOverCommands>()).EndAsync();
        reload.CatchSignal();
        await connections.StartAsync(CancellationToken.None);
        notifier.Ready();
        watchdog?.Start();
        reload.Start();
        // Behind the moment from which hosts are served, in which most guests start something else as well.
        new WarningLog(settings, path, log.For<WarningLog>()).Begin();
        SpareMemory.GiveBackWhenQuiet(channels);

        await stop.WaitAsync();
        // The watchdog goes on: a stop that hangs must be noticed as well.
        notifier.Stopping();
        using var limit = new CancellationTokenSource(StopLimit);
        await reload.StopAsync(limit.Token);
        await connections.StopAsync(limit.Token);
        audit.Close();

        IReadOnlyList<WaitingListener> Waiting() => connections!.Waiting();

        Func<ConnectionContext, Task> Serve(ListenerSettings listener)
        {
            DialectEntry entry = DialectTable.Default[listener.Dialect];
            IDialect dialect = entry.Build(parts);
            var profile = new ListenerProfile(listener, settings, identity, entry.Traits);
            return connection => dialect.ServeAsync(connection, profile);
        }
    }
}
