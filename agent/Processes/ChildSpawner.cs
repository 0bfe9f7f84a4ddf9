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

    private readonly EpollLoop _loop;
    private readonly CommandCgroups? _cgroups;
    private readonly string _launcher;
    private readonly SafeFileHandle _nullDevice;

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
        cancellationToken.ThrowIfCancellationRequested();
        if (start.Arguments.Concat(start.Environment).Append(start.FileName).Append(start.WorkingDirectory)
            .Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw SpawnException.Of(SpawnStep.Arguments, Errno.EINVAL, start);
        }

        try
        {
            return start.Account is null ? SpawnPlain(start) : await LaunchAsync(start, cancellationToken);
        }
        catch (LinuxException e)
        {
            throw SpawnException.Of(SpawnStep.Resources, e.Errno, start);
        }
    }

    public void Dispose() => _nullDevice.Dispose();

    private ChildProcess SpawnPlain(ChildStart start)
    {
        // Opened here and not by path in the child: so its failure is told apart from that of the program.
        using SafeFileHandle directory = OpenDirectory(start.WorkingDirectory);
        if (directory.IsInvalid)
        {
            throw SpawnException.Of(SpawnStep.WorkingDirectory, Marshal.GetLastPInvokeError(), start);
        }

        ChildStreams streams = new(start, _nullDevice, _loop);
        int errno = PosixSpawn.Start(
            start.FileName, start.Arguments, start.Environment, directory, streams.ChildEnds, out int pid);
        streams.CloseChildEnds();
        if (errno != 0)
        {
            streams.Dispose();
            throw SpawnException.Of(SpawnStep.Execute, errno, start);
        }

        ChildProcess child = new(pid, streams, null, _loop);
        if (_cgroups is not null)
        {
            _ = CgroupPlacement.PlaceAsync(child, _cgroups);
        }

        return child;
    }

    private async Task<ChildProcess> LaunchAsync(ChildStart start, CancellationToken cancellationToken)
    {
        CommandCgroup? cgroup = _cgroups?.TryCreate();
        (AsyncDescriptor report, ChildProcess child) = StartLauncher(start, cgroup);
        using (report)
        {
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
    }

    private (AsyncDescriptor Report, ChildProcess Child) StartLauncher(ChildStart start, CommandCgroup? cgroup)
    {
        byte[] specification = LaunchSpecification.Encode(start, cgroup);
        string[] arguments =
            ["guest-agent", Launcher.Argument, specification.Length.ToString(CultureInfo.InvariantCulture)];
        using SafeFileHandle file = LaunchSpecification.ToFile(specification);
        using SafeFileHandle root = OpenDirectory("/").OrThrow("open /");
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        using (writer)
        {
            Pipe.SetNonBlocking(reader);
            AsyncDescriptor report = new(reader, _loop);
            ChildStreams streams = new(start, _nullDevice, _loop);
            int errno = PosixSpawn.Start(
                _launcher, arguments, [], root, [.. streams.ChildEnds, file, writer], out int pid);
            streams.CloseChildEnds();
            if (errno != 0)
            {
                streams.Dispose();
                report.Dispose();
                cgroup?.Dispose();
                throw SpawnException.Of(SpawnStep.Launcher, errno, start);
            }

            return (report, new ChildProcess(pid, streams, cgroup, _loop));
        }
    }

    private static SafeFileHandle OpenDirectory(string path) =>
        LibC.open(path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
}
