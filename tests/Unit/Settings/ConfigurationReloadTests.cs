using GuestAgent.Linux;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Transports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly EpollLoop _loop = new();
    private readonly LiveSettings _live = new(With(seconds: 1));

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task What_was_changed_before_the_file_was_watched_comes_into_force()
    {
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ConfigurationReload reload = Reload(() =>
        {
            read.TrySetResult();
            return With(seconds: 2);
        });
        await reload.StartAsync(Waits.Token);
        await read.Task.WaitAsync(Waits.Token);
        await reload.StopAsync(Waits.Token);
        Assert.Equal(2, _live.Current.Limits.MaxCommandSeconds);
    }

    private static AgentSettings With(double seconds) =>
        new([], new PolicySettings(), new LimitSettings { MaxCommandSeconds = seconds });

    private ConfigurationReload Reload(Func<AgentSettings> load)
    {
        ConnectionHost connections = new(
            _live,
            _ => throw new InvalidOperationException("there is no listener"),
            [],
            TimeProvider.System,
            NullLogger<ConnectionHost>.Instance);
        ServiceNotifier notifier = new(null, _live, TimeProvider.System);
        return new ConfigurationReload(
            "/proc/self/status", load, _live, connections, notifier, _loop, NullLogger<ConfigurationReload>.Instance);
    }
}
