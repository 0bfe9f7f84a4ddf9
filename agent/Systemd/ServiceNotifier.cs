using System.Globalization;
using GuestAgent.Settings;

namespace GuestAgent.Systemd;

/// <summary>
/// Tells the service manager what the agent does: ready, reloading, stopping, and in one line for people where it
/// listens. Says something only when that changes; connections that come and go are no news.
/// </summary>
/// <param name="socket">Where the manager listens; null when there is none, and then nothing is said.</param>
/// <param name="settings">The settings in force.</param>
/// <param name="clock">The monotonic clock, of whose time the manager wants to know.</param>
internal sealed class ServiceNotifier(NotifySocket? socket, LiveSettings settings, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private string? _remark;

    /// <summary>Says that hosts can attach; also ends what <see cref="Reloading"/> began.</summary>
    /// <param name="remark">What people should know besides; null for nothing.</param>
    public void Ready(string? remark = null)
    {
        lock (_gate)
        {
            _remark = remark;
            socket?.Send("READY=1", Status());
        }
    }

    /// <summary>Says that the configuration is being read again.</summary>
    public void Reloading()
    {
        // sd_notify(3): without the time systemd could take an old message for the answer to its signal.
        long microseconds = (long)clock.GetElapsedTime(0).TotalMicroseconds;
        socket?.Send("RELOADING=1", string.Create(CultureInfo.InvariantCulture, $"MONOTONIC_USEC={microseconds}"));
    }

    /// <summary>Says that the agent is about to end.</summary>
    public void Stopping() => socket?.Send("STOPPING=1", "STATUS=Stopping");

    private string Status()
    {
        string places = string.Join(", ", settings.Current.Listeners.Select(listener => listener.Name));
        string status = $"STATUS=Listening on {places}{(_remark is null ? "" : "; " + _remark)}";
        return status.ReplaceLineEndings(" ");
    }
}
