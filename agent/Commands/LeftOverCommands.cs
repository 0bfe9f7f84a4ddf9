using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Commands;

/// <summary>Ends the commands that agents which were killed have left running: nobody keeps their time limits any more.</summary>
/// <param name="stateDirectory">The state directory.</param>
/// <param name="settings">Say how long SIGTERM may take.</param>
/// <param name="loop">Sees processes end.</param>
/// <param name="clock">Measures the grace.</param>
/// <param name="logger">Is told what was ended.</param>
internal sealed partial class LeftOverCommands(
    string stateDirectory, LiveSettings settings, EpollLoop loop, TimeProvider clock, ILogger<LeftOverCommands> logger)
{
    /// <summary>Ends them.</summary>
    public Task EndAsync()
    {
        string folder = Path.Combine(stateDirectory, CommandRecords.Folder);
        return Directory.Exists(folder) ? Task.Run(() => EndAllAsync(folder)) : Task.CompletedTask;
    }

    private async Task EndAllAsync(string folder)
    {
        try
        {
            await Task.WhenAll(Directory.GetFiles(folder).Select(EndRecordedAsync));
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            NotRead(folder, e.Message);
        }
    }

    private async Task EndRecordedAsync(string file)
    {
        using SafeFileHandle records =
            NativeMethods.open(file, LibC.O_RDONLY | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow(file);
        if (NativeMethods.flock(records, NativeMethods.LOCK_EX | NativeMethods.LOCK_NB) != 0)
        {
            // That agent is alive.
            return;
        }

        bool allEnded = true;
        foreach (Task<bool> ending in CommandRecordFormat.Read(file).Select(EndAsync).ToArray())
        {
            allEnded &= await ending;
        }

        if (allEnded)
        {
            CommandRecords.TryDelete(file);
        }
    }

    private async Task<bool> EndAsync(RecordedCommand command)
    {
        using var left = new LeftOverProcesses(command, loop);
        if (!left.Refresh())
        {
            left.RemoveCgroup();
            return true;
        }

        if (left.HoldThisAgent)
        {
            // As of a command that restarts the agent: it has done what it was to do.
            Kept(command.Pid);
            return true;
        }

        Found(command.Pid, left.Count);
        bool gone = await left.EndAsync(TimeSpan.FromSeconds(settings.Current.Limits.KillGraceSeconds), clock);
        left.RemoveCgroup();
        if (!gone)
        {
            StillThere(command.Pid);
        }

        return gone;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "ending a command that a former agent has left running: pid {Pid}, processes: {Count}")]
    private partial void Found(int pid, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the command of a former agent that has started this one goes on: pid {Pid}")]
    private partial void Kept(int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "a command of a former agent cannot be ended: pid {Pid}")]
    private partial void StillThere(int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "commands of a former agent are not looked for: {Folder}: {Reason}")]
    private partial void NotRead(string folder, string reason);
}
