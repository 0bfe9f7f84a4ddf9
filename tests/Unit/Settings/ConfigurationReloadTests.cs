using GuestAgent.Hosting;
using GuestAgent.Linux.Io;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Transports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EpollLoop _loop = new();
    private readonly string _file;
    private readonly LiveSettings _live = new(With(seconds: 1));

    public ConfigurationReloadTests()
    {
        _file = _directory["config.json"];
        File.WriteAllText(_file, "");
    }

    public void Dispose()
    {
        _loop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_was_changed_after_the_watch_began_comes_into_force_when_the_work_does()
    {
        using ConfigurationWatch watch = ConfigurationWatch.Begin(_file, _loop);
        await File.WriteAllTextAsync(_file, "changed while the agent starts", Waits.Token);
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ConfigurationReload reload = Reload(watch, () =>
        {
            read.TrySetResult();
            return With(seconds: 2);
        });
        reload.Start();
        await read.Task.WaitAsync(Waits.Token);
        await reload.StopAsync(Waits.Token);
        Assert.Equal(2, _live.Current.Limits.MaxCommandSeconds);
    }

    [Fact]
    public async Task A_file_that_stays_as_it_is_is_not_read_again()
    {
        using ConfigurationWatch watch = ConfigurationWatch.Begin(_file, _loop);
        int reads = 0;
        using ConfigurationReload reload = Reload(watch, () =>
        {
            reads++;
            return With(seconds: 2);
        });
        reload.Start();
        await reload.StopAsync(Waits.Token);
        Assert.Equal(0, reads);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_no_reason_not_to_start()
    {
        using ConfigurationWatch watch = ConfigurationWatch.Begin(_directory["no/such/file"], _loop);
        Assert.NotNull(await watch.WaitAsync(Waits.Token));
    }

    private static AgentSettings With(double seconds) =>
        new([], new PolicySettings(), new LimitSettings { MaxCommandSeconds = seconds });

    private ConfigurationReload Reload(ConfigurationWatch watch, Func<AgentSettings> load)
    {
        ConnectionHost connections = new(
            _live,
            _ => throw new InvalidOperationException("there is no listener"),
            new ListenerTable(_live, _loop, TimeProvider.System, NullLoggerFactory.Instance),
            TimeProvider.System,
            NullLogger<ConnectionHost>.Instance);
        ServiceNotifier notifier = new(null, _live, TimeProvider.System);
        return new ConfigurationReload(
            _file, load, _live, connections, notifier, watch, NullLogger<ConfigurationReload>.Instance);
    }
}
