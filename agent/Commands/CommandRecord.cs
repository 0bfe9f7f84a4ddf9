using GuestAgent.Execution;
using GuestAgent.Linux.Time;
using GuestAgent.Processes;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Commands;

/// <summary>The record of one command, from before its start until its end is known. Never fails: it is a precaution.</summary>
/// <param name="records">Where it is.</param>
/// <param name="file">The file; null where none could be made.</param>
/// <param name="place">Its place in the file.</param>
internal sealed class CommandRecord(CommandRecords records, SafeFileHandle? file, int place) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _notBefore = file is null ? 0 : Ticks;
    private string _cgroup = "";
    private int _pid;
    private bool _ended;

    private static long Ticks => SystemClock.BootMilliseconds / ProcessDetails.MillisecondsPerTick;

    /// <summary>Notes that the command has begun.</summary>
    /// <param name="pid">Its number.</param>
    public void Started(int pid) => Write(pid, null);

    /// <summary>Notes that it has not ended yet, and its cgroup where it has one.</summary>
    public void Lives(CommandCgroup? cgroup) => Write(null, cgroup);

    /// <summary>Forgets it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        records.Free(place);
    }

    private void Write(int? pid, CommandCgroup? cgroup)
    {
        if (file is null)
        {
            return;
        }

        lock (_gate)
        {
            _pid = pid ?? _pid;
            _cgroup = cgroup is null ? _cgroup : Path.GetFileName(cgroup.Path);
            if (!_ended && _pid > 0)
            {
                records.Write(place, CommandRecordFormat.Place(new RecordedCommand(_pid, _notBefore, Ticks, _cgroup)));
            }
        }
    }
}
