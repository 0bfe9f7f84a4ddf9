using System.Net;
using System.Net.Sockets;
using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Linux;
using GuestAgent.Logging;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Processes;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GuestAgent;

/// <summary>The composition root: the one file that names the concrete type of every layer.</summary>
internal static class AgentHost
{
    /// <summary>Serves until the process is told to stop.</summary>
    /// <param name="settings">A configuration without faults.</param>
    public static async Task RunAsync(AgentSettings settings)
    {
        using var loop = new EpollLoop();
        using var spawner = new ChildSpawner(loop, CommandCgroups.TryOpen());
        using NotifySocket? manager = NotifySocket.FromEnvironment();
        using IHost host = Build(new LiveSettings(settings), loop, spawner, manager);
        await host.StartAsync();
        SpareMemory.GiveBack();
        await host.WaitForShutdownAsync();
    }

    private static IHost Build(LiveSettings settings, EpollLoop loop, ChildSpawner spawner, NotifySocket? manager)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        // The hosting layer's own records repeat, with a trace, what the program reports in one line.
        builder.Logging.AddFilter("Microsoft", LogLevel.None).SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddProvider(new JournalLoggerProvider());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(loop);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(_ => Registration.Build(
            settings, spawner, new ProcessTree(loop, TimeProvider.System), TimeProvider.System));
        builder.Services.AddSingleton<AgentIdentity>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<Dispatcher>();
        builder.Services.AddSingleton<DialectTable>();
        builder.Services.AddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory, VirtioSerialListenerFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory, VsockListenerFactory>();
        builder.Services.Configure<SocketTransportOptions>(options =>
        {
            // A ping is answered on the thread that reads it; what may block goes through a StartQueue.
            options.UnsafePreferInlineScheduling = true;
            options.CreateBoundListenSocket = endpoint => CreateSocket(endpoint, settings);
        });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTime(settings.Current.Limits));
        builder.Services.AddHostedService(services => new ConnectionHost(
            [.. settings.Current.Listeners.Select(listener => Serve(listener, settings, services))],
            services.GetServices<IConnectionListenerFactory>(),
            settings,
            TimeProvider.System,
            services.GetRequiredService<ILogger<ConnectionHost>>()));
        builder.Services.AddSingleton(new ServiceNotifier(manager, settings, TimeProvider.System));
        builder.Services.AddHostedService(services => new ServiceLife(
            services.GetRequiredService<ServiceNotifier>(), CreateWatchdog(manager, loop)));
        return builder.Build();
    }

    private static ServedEndPoint Serve(ListenerSettings listener, LiveSettings settings, IServiceProvider services)
    {
        var profile = new ListenerProfile(listener, settings, services.GetRequiredService<AgentIdentity>());
        IDialect dialect = services.GetRequiredService<DialectTable>()[listener.Dialect];
        return new ServedEndPoint(
            listener.Name, EndPointOf(listener), connection => dialect.ServeAsync(connection, profile));
    }

    private static EndPoint EndPointOf(ListenerSettings listener) => listener switch
    {
        UnixListenerSettings unix => new UnixDomainSocketEndPoint(unix.Path),
        VirtioSerialListenerSettings serial => new VirtioSerialEndPoint(serial.Port, endsLines: serial.Announce),
        VsockListenerSettings vsock => new VsockEndPoint(vsock.Port, vsock.AllowCids),
        VsockConnectSettings vsock => new VsockDialEndPoint(new VsockAddress(vsock.Cid, vsock.Port)),
        _ => throw new InvalidOperationException($"no transport for {listener.GetType()}"),
    };

    private static Socket CreateSocket(EndPoint endpoint, LiveSettings settings) =>
        UnixSocketFile.Bind(settings.Current.Listeners.OfType<UnixListenerSettings>()
            .First(listener => EndPointOf(listener).Equals(endpoint)));

    private static Watchdog? CreateWatchdog(NotifySocket? manager, EpollLoop loop) =>
        manager is not null && Watchdog.LimitFromEnvironment() is { } limit
            ? new Watchdog(manager, loop, limit, TimeProvider.System)
            : null;

    // Requests get the drain time, commands that are then ended their grace, and the rest is for flushing.
    private static TimeSpan StopTime(LimitSettings limits) =>
        TimeSpan.FromSeconds(limits.DrainSeconds + limits.KillGraceSeconds + 2);
}
