using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>Starts children: new session, clean signals, the given environment, three descriptors and nothing else.</summary>
internal sealed class ChildSpawner : IDisposable
{
    /// <summary>The agent's own binary, even when its file has been replaced or deleted since.</summary>
    public const string OwnBinary = "/proc/self/exe";

    // Between fork and exec a child has copies of all the agent's descriptors. If a sibling could start while the agent
    // has the child's ends open, a pipe would not end with its child's exit but, a moment later, with that exec.
    private static readonly Lock OneAtATime = new();

    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly EpollLoop _loop;
    private readonly CommandCgroups? _cgroups;
    private readonly string _launcher;
    private readonly SafeFileHandle _nullDevice;
    private readonly OomProtection? _protection = OomProtection.TryFind();

    /// <summary>Creates a spawner.</summary>
    /// <param name="loop">Watches the children and their pipes.</param>
    /// <param name="cgroups">Gives each command a cgroup; null for none.</param>
    /// <param name="launcher">A program that answers <see cref="Launcher.Argument"/>.</param>
    public ChildSpawner(EpollLoop loop, CommandCgroups? cgroups = null, string launcher = OwnBinary)
    {
        _loop = loop;
        _cgroups = cgroups;
        _launcher = launcher;
        _nullDevice = LibC.open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC, 0).OrThrow("open /dev/null");

        // Ignored, as a careless init may leave it, SIGCHLD makes the kernel throw every exit status away.
        SignalDispositions.ResetIfIgnored(SignalDispositions.SIGCHLD);
    }

    /// <summary>Starts a child; when this returns, its program runs.</summary>
    /// <exception cref="SpawnException">It does not run, and why.</exception>
    public async ValueTask<ChildProcess> SpawnAsync(ChildStart start, CancellationToken cancellationToken)
    {
        if (start.Arguments.Concat(start.Environment).Append(start.FileName).Append(start.WorkingDirectory)
            .Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw SpawnException.Of(SpawnStep.Arguments, Errno.EINVAL, start);
        }

        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return start.Account is null ? SpawnPlain(start) : await LaunchAsync(start, cancellationToken);
            }
            catch (SpawnException e) when (e.Errno == Errno.ETXTBSY && attempt < Attempts)
            {
                // A file just written may still be open for writing in another child, which has copies of the agent's
                // descriptors until its own exec: https://github.com/golang/go/issues/22315.
                await Task.Delay(Pause, cancellationToken);
            }
            catch (LinuxException e)
            {
                throw SpawnException.Of(SpawnStep.Resources, e.Errno, start);
            }
        }
    }

    /// <summary>Gives a child that lives on a cgroup of its own, where it has none and cgroups are to be had.</summary>
    public void PlaceInCgroup(ChildProcess child)
    {
        if (_cgroups is not null && child.Cgroup is null)
        {
            _ = CgroupPlacement.PlaceAsync(child, _cgroups);
        }
    }

    public void Dispose()
    {
        _protection?.Dispose();
        _nullDevice.Dispose();
    }

    private ChildProcess SpawnPlain(ChildStart start)
    {
        // Opened here and not by path in the child: so its failure is told apart from that of the program.
        using SafeFileHandle directory = OpenDirectory(start.WorkingDirectory);
        if (directory.IsInvalid)
        {
            throw SpawnException.Of(SpawnStep.WorkingDirectory, Marshal.GetLastPInvokeError(), start);
        }

        return Start(start, start.FileName, start.Arguments, start.Environment, directory, [], null);
    }

    private async Task<ChildProcess> LaunchAsync(ChildStart start, CancellationToken cancellationToken)
    {
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        using AsyncDescriptor report = new(reader, _loop);
        ChildProcess child;
        using (writer)
        {
            Pipe.SetNonBlocking(reader);
            child = StartLauncher(start, writer);
        }

        try
        {
            LaunchReport? last = await LaunchReport.ReadLastAsync(report, cancellationToken);
            if (last is { Step: LaunchReport.Ready })
            {
                return child;
            }

            _ = await child.Exited;
            throw last is { } failure
                ? SpawnException.Of((SpawnStep)failure.Step, failure.Errno, start)
                : SpawnException.Of(SpawnStep.Launcher, Errno.ECHILD, start);
        }
        catch
        {
            child.Signal(SignalDispositions.SIGKILL, group: true);
            child.Dispose();
            throw;
        }
    }

    private ChildProcess StartLauncher(ChildStart start, SafeFileHandle report)
    {
        CommandCgroup? cgroup = _cgroups?.TryCreate();
        try
        {
            byte[] specification = LaunchSpecification.Encode(start, cgroup);
            string size = specification.Length.ToString(CultureInfo.InvariantCulture);
            using SafeFileHandle file = LaunchSpecification.ToFile(specification);
            using SafeFileHandle root = OpenDirectory("/").OrThrow("open /");
            return Start(start, _launcher, ["guest-agent", Launcher.Argument, size], [], root, [file, report], cgroup);
        }
        catch
        {
            cgroup?.Dispose();
            throw;
        }
    }

    private ChildProcess Start(
        ChildStart start,
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SafeFileHandle directory,
        ReadOnlySpan<SafeHandle> more,
        CommandCgroup? cgroup)
    {
        lock (OneAtATime)
        {
            ChildStreams streams = new(start, _nullDevice, _loop);
            _protection?.Suspend();
            try
            {
                int errno = PosixSpawn.Start(
                    file, arguments, environment, directory, [.. streams.ChildEnds, .. more], out int pid);
                return errno == 0
                    ? new ChildProcess(pid, streams, cgroup, _loop)
                    : throw SpawnException.Of(more.IsEmpty ? SpawnStep.Execute : SpawnStep.Launcher, errno, start);
            }
            catch
            {
                streams.Dispose();
                throw;
            }
            finally
            {
                _protection?.Resume();
                streams.CloseChildEnds();
            }
        }
    }

    private static SafeFileHandle OpenDirectory(string path) =>
        LibC.open(path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
}
