using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports.Vsock;

/// <summary>Tells the log who was refused, once a minute at most: a process that tries for ever must not fill it.</summary>
internal sealed partial class VsockRefusals(uint port, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _lastLine;
    private int _untold;

    /// <summary>Notes that a connection was refused.</summary>
    public void Note(uint cid)
    {
        if (_lastLine is { } last && clock.GetElapsedTime(last) < Interval)
        {
            _untold++;
            return;
        }

        Refused(port, cid, _untold);
        _lastLine = clock.GetTimestamp();
        _untold = 0;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "vsock port {Port}: connection from CID {Cid} refused, which listeners.allow_cids does not name; " +
            "{Untold} others since the last such line")]
    private partial void Refused(uint port, uint cid, int untold);
}
