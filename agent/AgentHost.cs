using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Linux;
using GuestAgent.Logging;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Power;
using GuestAgent.Processes;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GuestAgent;

/// <summary>The composition root: the one file that names the concrete type of every layer.</summary>
internal static class AgentHost
{
    // Longer than listeners can take with any limits: they know better how long is enough.
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    /// <summary>Serves until the process is told to stop.</summary>
    /// <param name="settings">A configuration without faults.</param>
    /// <param name="path">The file that it came from, and where another one may come from.</param>
    public static async Task RunAsync(AgentSettings settings, string path)
    {
        using var loop = new EpollLoop();
        using var channels = new EpollLoop(runsInline: true);
        using var spawner = new ChildSpawner(loop, CommandCgroups.TryOpen());
        using NotifySocket? manager = NotifySocket.FromEnvironment();
        // Too large a file is an error of the call that writes it, not the end of the agent: setrlimit(2).
        SignalDispositions.Ignore(SignalDispositions.SIGXFSZ);
        using IHost host = Build(new LiveSettings(settings), Path.GetFullPath(path), loop, channels, spawner, manager);
        host.Services.GetRequiredService<LeftOverFiles>().Remove();
        await host.StartAsync();
        SpareMemory.GiveBackFromNowOn();
        await host.WaitForShutdownAsync();
        host.Services.GetRequiredService<AuditLog>().Close();
    }

    private static IHost Build(
        LiveSettings settings, string path, EpollLoop loop, EpollLoop channels, ChildSpawner spawner, NotifySocket? manager)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // The hosting layer's own records repeat, with a trace, what the program reports in one line.
        builder.Logging.AddFilter("Microsoft", LogLevel.None).SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddProvider(new JournalLoggerProvider());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(loop);
        builder.Services.AddSingleton(settings);
        string state = settings.Current.StateDirectory;
        builder.Services.AddSingleton(services =>
            new LeftOverFiles(state, services.GetRequiredService<ILogger<LeftOverFiles>>()));
        builder.Services.AddSingleton(services =>
            new TemporaryNames(state, services.GetRequiredService<ILogger<TemporaryNames>>()));
        builder.Services.AddSingleton<Uploads>();
        builder.Services.AddSingleton(services => Registration.Build(new OperationParts(
            settings,
            loop,
            spawner,
            CreatePower(spawner, services),
            services.GetRequiredService<TemporaryNames>(),
            services.GetRequiredService<Uploads>(),
            () => services.GetRequiredService<ConnectionHost>().Waiting(),
            TimeProvider.System)));
        builder.Services.AddSingleton<AgentIdentity>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<Dispatcher>();
        builder.Services.AddSingleton<DialectTable>();
        // A ping is answered on the thread that reads it; what may block goes through a StartQueue.
        builder.Services.AddSingleton<IConnectionListenerFactory>(new UnixListenerFactory(channels));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new VirtioSerialListenerFactory(
            channels, TimeProvider.System, services.GetRequiredService<ILogger<VirtioSerialListener>>()));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services =>
            new VsockListenerFactory(channels, TimeProvider.System, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        builder.Services.AddSingleton(services => new ConnectionHost(
            settings,
            listener => Serve(listener, settings, services),
            services.GetServices<IConnectionListenerFactory>(),
            TimeProvider.System,
            services.GetRequiredService<ILogger<ConnectionHost>>()));
        builder.Services.AddSingleton(new ServiceNotifier(manager, settings, TimeProvider.System));
        // In this order: bound, then ready; and in the other: stopping, then closed.
        builder.Services.AddHostedService(services => services.GetRequiredService<ConnectionHost>());
        builder.Services.AddHostedService(services => new ConfigurationReload(
            path,
            () => SettingsFile.Load(path, services.GetRequiredService<OperationCatalog>().Names, DialectTable.Names),
            settings,
            services.GetRequiredService<ConnectionHost>(),
            services.GetRequiredService<ServiceNotifier>(),
            loop,
            services.GetRequiredService<ILogger<ConfigurationReload>>()));
        builder.Services.AddHostedService(services => new ServiceLife(
            services.GetRequiredService<ServiceNotifier>(), CreateWatchdog(manager, [loop, channels])));
        return builder.Build();
    }

    private static ServedEndPoint Serve(
        ListenerSettings listener, LiveSettings settings, IServiceProvider services)
    {
        var profile = new ListenerProfile(listener, settings, services.GetRequiredService<AgentIdentity>());
        IDialect dialect = services.GetRequiredService<DialectTable>()[listener.Dialect];
        return new ServedEndPoint(
            listener.Name, ListenerAddresses.Of(listener, settings), connection => dialect.ServeAsync(connection, profile));
    }

    private static PowerSchedule CreatePower(ChildSpawner spawner, IServiceProvider services) => new(
        new PowerSwitch(spawner, TimeProvider.System, services.GetRequiredService<ILogger<PowerSwitch>>()),
        UserTerminals.Announce,
        TimeProvider.System,
        services.GetRequiredService<ILogger<PowerSchedule>>());

    private static Watchdog? CreateWatchdog(NotifySocket? manager, EpollLoop[] loops) =>
        manager is not null && Watchdog.LimitFromEnvironment() is { } limit
            ? new Watchdog(manager, loops, limit, TimeProvider.System)
            : null;
}
