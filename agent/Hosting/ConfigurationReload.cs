using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using GuestAgent.Systemd;
using GuestAgent.Transports;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Hosting;

/// <summary>
/// Reads the configuration again on SIGHUP and when its file changes. One without faults comes into force, with all
/// connections of listeners that stay; one with faults leaves the former in force, and every fault is logged.
/// </summary>
/// <param name="path">The file, absolute.</param>
/// <param name="load">Reads and checks it.</param>
/// <param name="live">The settings in force.</param>
/// <param name="connections">Puts settings into force.</param>
/// <param name="notifier">Is told how it went.</param>
/// <param name="watch">Sees the file change.</param>
/// <param name="logger">Is told how it went.</param>
internal sealed partial class ConfigurationReload(
    string path,
    Func<AgentSettings> load,
    LiveSettings live,
    ConnectionHost connections,
    ServiceNotifier notifier,
    ConfigurationWatch watch,
    ILogger<ConfigurationReload> logger) : IDisposable
{
    // Editors and package managers touch a file several times in a row.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    // True: somebody asked for it, and wants to see that something happens.
    private readonly Channel<bool> _wishes = Channel.CreateUnbounded<bool>();
    private readonly CancellationTokenSource _stopping = new();
    private PosixSignalRegistration? _hangUp;
    private Task _working = Task.CompletedTask;
    private string? _remark;

    /// <summary>Keeps SIGHUP from ending the agent, before anybody has reason to send it: it counts from here on.</summary>
    public void CatchSignal() => _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        _wishes.Writer.TryWrite(true);
    });

    /// <summary>Begins to do what was and will be wished for. Not before the listeners are open.</summary>
    public void Start()
    {
        _ = WatchAsync(_stopping.Token);
        _working = WorkAsync(_stopping.Token);
    }

    /// <summary>Ends it; what has begun is finished.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        // What has begun is finished, so that every listener that was opened is closed as well.
        await _working.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hangUp?.Dispose();
        _stopping.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            string? obstacle;
            while ((obstacle = await watch.WaitAsync(cancellationToken)) is null)
            {
                await Task.Delay(Quiet, cancellationToken);
                _wishes.Writer.TryWrite(false);
            }

            WatchesNoMore(path, obstacle);
        }
        catch (LinuxException e)
        {
            WatchesNoMore(path, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
            return;
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (await _wishes.Reader.WaitToReadAsync(cancellationToken))
        {
            bool isAsked = false;
            while (_wishes.Reader.TryRead(out bool wish))
            {
                isAsked |= wish;
            }

            await ReloadAsync(isAsked);
        }
    }

    private async Task ReloadAsync(bool isAsked)
    {
        IReadOnlyList<SettingsFault> faults;
        AgentSettings? wanted = null;
        try
        {
            wanted = load();
            faults = [];
        }
        catch (SettingsException e)
        {
            faults = live.RefusedChange = e.Faults;
        }
        catch (IOException e)
        {
            faults = live.RefusedChange = [new SettingsFault("$", e.Message)];
        }

        // A file that was only touched, or whose faults are known, is no news.
        string? remark = faults.Count == 0 ? null : Refusal(faults);
        if (!isAsked && remark == _remark && (wanted is null || Text(wanted) == Text(live.Current)))
        {
            return;
        }

        notifier.Reloading();
        _remark = wanted is null ? remark : await PutIntoForceAsync(wanted);
        if (wanted is null)
        {
            Refused(path, faults);
        }

        notifier.Ready(_remark);
    }

    private async Task<string?> PutIntoForceAsync(AgentSettings settings)
    {
        try
        {
            IReadOnlyList<string> closed = await connections.ReplaceAsync(settings);
            live.RefusedChange = null;
            Taken(path);
            return closed.Count == 0 ? null : $"not open: {string.Join(", ", closed)}";
        }
        catch (Exception e) when (e is IOException or LinuxException)
        {
            SettingsFault[] faults = [new("$", e.Message)];
            live.RefusedChange = faults;
            Refused(path, faults);
            return Refusal(faults);
        }
    }

    private void Refused(string file, IReadOnlyList<SettingsFault> faults)
    {
        foreach (SettingsFault fault in faults)
        {
            Fault(fault.In(file));
        }

        StaysInForce(file);
    }

    private static string Refusal(IReadOnlyList<SettingsFault> faults) =>
        $"the changed configuration is not in force: {faults[0]}{(faults.Count > 1 ? $" (and {faults.Count - 1} more)" : "")}";

    private static string Text(AgentSettings settings) =>
        JsonSerializer.Serialize(settings, SettingsJson.Default.AgentSettings);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path}: in force")]
    private partial void Taken(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}")]
    private partial void Fault(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: refused; the former configuration stays in force")]
    private partial void StaysInForce(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: changes are not seen any more ({Reason}); send SIGHUP")]
    private partial void WatchesNoMore(string path, string reason);
}
