using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Linux.Native;
using GuestAgent.Storage;

namespace GuestAgent.Telemetry;

/// <summary>One host's telemetry: a timer, and the sample before. Nothing is read while the last report has not gone out.</summary>
internal sealed class TelemetrySubscription : IDisposable
{
    private readonly IPush _push;
    private readonly DiskReader _disks;
    private readonly PeriodicTimer _timer;
    private volatile bool _ended;

    /// <summary>Begins.</summary>
    /// <param name="push">The way to the host that gets the reports.</param>
    /// <param name="disks">Knows how full the file systems are.</param>
    /// <param name="interval">Time between two reports.</param>
    /// <param name="clock">Measures it.</param>
    public TelemetrySubscription(IPush push, DiskReader disks, TimeSpan interval, TimeProvider clock)
    {
        _push = push;
        _disks = disks;
        _timer = new PeriodicTimer(interval, clock);
        _ = Task.Run(RunAsync);
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _ended = true;
        _timer.Dispose();
    }

    private async Task RunAsync()
    {
        TelemetrySample? before = null;
        do
        {
            if (!_push.IsWaiting(TelemetrySubscribe.Report))
            {
                before = await TryReportAsync(before) ?? before;
            }
        }
        while (await _timer.WaitForNextTickAsync());
    }

    // Null when the agent has run out of descriptors or memory: there is no report then, and the next one tells of both intervals.
    private async Task<TelemetrySample?> TryReportAsync(TelemetrySample? before)
    {
        try
        {
            TelemetrySample now = TelemetrySample.Read();
            if (before is not null)
            {
                DiskUsage disks = await _disks.ReadAsync(CancellationToken.None);
                if (!_ended)
                {
                    _push.PostLatest(TelemetrySubscribe.Report, TelemetryReports.Compare(before, now, disks.Filesystems));
                }
            }

            return now;
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            return null;
        }
    }
}
