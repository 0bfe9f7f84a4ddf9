using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Counts what a copy does, and says on standard error what it leaves out or fails at, as it happens.</summary>
internal sealed class CopyTally(CopyProgress progress)
{
    // A guest may have any number of odd names.
    private const int MaxProblems = 1000;

    private readonly List<CopyProblem> _problems = [];
    private long _files;
    private long _directories;
    private long _bytes;
    private long _resumed;
    private long _skipped;
    private long _failed;

    private long _links;
    private int _failure;

    /// <summary>What to exit with: that of the first failure, else one of its own when something was left out.</summary>
    public int ExitCode => _failure != ExitCodes.Success ? _failure : _skipped > 0 ? ExitCodes.LeftOut : ExitCodes.Success;

    /// <summary>A file was copied.</summary>
    /// <param name="bytes">How long it is.</param>
    /// <param name="resumed">How much of it an earlier copy had left.</param>
    public void File(long bytes, long resumed = 0)
    {
        _files++;
        _bytes += bytes;
        _resumed += resumed;
    }

    /// <summary>A directory was gone through.</summary>
    public void Directory() => _directories++;

    /// <summary>A symbolic link was copied.</summary>
    public void Link() => _links++;

    /// <summary>An entry is left out.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="reason">Why.</param>
    public void Skip(string path, string reason)
    {
        _skipped++;
        Note(new CopyProblem(path, reason), $"{path}: left out: {reason}");
    }

    /// <summary>An entry could not be copied; the others may be.</summary>
    public void Fail(string path, Exception e)
    {
        _failed++;
        Failure failure = Failures.From(e).About(path);
        _failure = _failure == ExitCodes.Success ? failure.ExitCode : _failure;
        Note(new CopyProblem(path, failure.Message, failure), failure.Message);
    }

    /// <summary>What was done.</summary>
    public CopyReport ToReport() => new(_files, _directories, _bytes, _resumed, _links, _skipped, _failed, _problems);

    private void Note(CopyProblem problem, string message)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(problem);
        }

        progress.Interrupt(() => StandardStreams.WriteError($"guestctl: {GuestText.OneLine(message)}\n"));
    }
}
