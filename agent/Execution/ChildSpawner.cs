using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

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
    private readonly SpawnResources _resources;
    private readonly string _launcher;
    private readonly MissingConfinement _missing;

    /// <summary>Creates a spawner, which asks nothing of the kernel before its first start.</summary>
    /// <param name="loop">Watches the children and their pipes.</param>
    /// <param name="openCgroups">Finds where each command can get a cgroup; null for none.</param>
    /// <param name="launcher">A program that answers <see cref="Launcher.Argument"/>.</param>
    /// <param name="logger">Is told what programs cannot be confined by.</param>
    public ChildSpawner(
        EpollLoop loop, Func<CommandCgroups?>? openCgroups = null, string launcher = OwnBinary, ILogger? logger = null)
    {
        _missing = new MissingConfinement(logger ?? NullLogger.Instance);
        _loop = loop;
        _resources = new SpawnResources(openCgroups);
        _launcher = launcher;
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
                return start.Confinement is not null ? await ConfineAsync(start, cancellationToken)
                    : start.Account is not null ? await LaunchAsync(start, cancellationToken)
                    : SpawnPlain(start);
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
    /// <param name="child">The child.</param>
    /// <param name="placed">Is told of it.</param>
    public void PlaceInCgroup(ChildProcess child, Action<CommandCgroup> placed)
    {
        if (child.Cgroup is null && !child.HasInit && _resources.Cgroups is { } cgroups)
        {
            _ = CgroupPlacement.PlaceAsync(child, cgroups, placed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _resources.Dispose();

    private ChildProcess SpawnPlain(ChildStart start)
    {
        if (start.HeldDirectory is { } held)
        {
            return Start(start, start.FileName, start.Arguments, start.Environment, held, [], null);
        }

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
            child = StartLauncher(start, [], [writer], _resources.Cgroups?.TryCreate(), null);
        }

        return await FinishAsync(child, start, LaunchReport.ReadLastAsync(report, cancellationToken));
    }

    private async Task<ChildProcess> ConfineAsync(ChildStart start, CancellationToken cancellationToken)
    {
        Confinement confinement = start.Confinement!;
        try
        {
            return await ConfineAsync(start, confinement, cancellationToken);
        }
        catch (SpawnException e) when (
            e.Step == SpawnStep.Mounts && !confinement.Demanded.HasFlag(ConfinementParts.Mounts))
        {
            // A sandbox around the agent that allows the namespace and not the mounts. What fails later, where others of the
            // guest might have a hand in it, is no reason for less.
            _missing.Tell(ConfinementParts.Mounts, e);
            Confinement less = confinement with { Wanted = confinement.Wanted & ~ConfinementParts.Mounts };
            return await ConfineAsync(start, less, cancellationToken);
        }
    }

    private async Task<ChildProcess> ConfineAsync(
        ChildStart start, Confinement confinement, CancellationToken cancellationToken)
    {
        CommandCgroup? cgroup = confinement.Limits.Parts == 0 ? null : _resources.Cgroups?.TryCreate();
        ConfinementOrder order;
        try
        {
            order = LimitedOrder(start, confinement, cgroup);
        }
        catch
        {
            cgroup?.Dispose();
            throw;
        }

        (SafeFileHandle own, SafeFileHandle other) = UnixSocket.OpenPair();
        ProgramChannel channel = new(new AsyncDescriptor(own, _loop));
        ChildProcess child;
        using (other)
        {
            child = StartLauncher(
                start, order.Format(), [other, confinement.Directory, confinement.Scratch], cgroup, channel);
        }

        return await FinishAsync(child, start, channel.ReadStartAsync(cancellationToken));
    }

    // What a cgroup cannot bound is left to the launcher, or refused.
    private static ConfinementOrder LimitedOrder(ChildStart start, Confinement confinement, CommandCgroup? cgroup)
    {
        ConfinementParts unlimited = confinement.Limits.Parts & ~(cgroup?.TryLimit(confinement.Limits) ?? 0);
        int userProcesses = 0;
        if (unlimited.HasFlag(ConfinementParts.ProcessLimit) && start.Account is { UserId: not 0 })
        {
            unlimited &= ~ConfinementParts.ProcessLimit;
            userProcesses = confinement.Limits.MaxProcesses!.Value + ResourceLimits.InitThreads;
        }

        if (unlimited != 0)
        {
            throw SpawnException.Unconfined(unlimited);
        }

        ConfinementParts limits = userProcesses > 0
            ? confinement.Limits.Parts & ~ConfinementParts.ProcessLimit
            : confinement.Limits.Parts;
        return new ConfinementOrder(
            confinement.Wanted | limits,
            confinement.Demanded | limits,
            userProcesses,
            Launcher.ReportDescriptor + 1,
            confinement.WritePaths,
            confinement.HiddenDirectories);
    }

    private async Task<ChildProcess> FinishAsync(ChildProcess child, ChildStart start, ValueTask<LaunchReport?> reporting)
    {
        try
        {
            LaunchReport? last = await reporting;
            if (last is { Step: LaunchReport.Ready, Errno: var missing })
            {
                _missing.Tell((ConfinementParts)missing);
                return child;
            }

            _ = await child.Exited;
            throw last switch
            {
                { Step: (int)SpawnStep.Confinement, Errno: var parts } => SpawnException.Unconfined((ConfinementParts)parts),
                { } failure => SpawnException.Of((SpawnStep)failure.Step, failure.Errno, start),
                null => SpawnException.Of(SpawnStep.Launcher, Errno.ECHILD, start),
            };
        }
        catch
        {
            child.Signal(LibC.SIGKILL, group: true);
            child.Dispose();
            throw;
        }
    }

    private ChildProcess StartLauncher(
        ChildStart start,
        IEnumerable<string> order,
        ReadOnlySpan<SafeHandle> descriptors,
        CommandCgroup? cgroup,
        ProgramChannel? channel)
    {
        try
        {
            // What is held comes behind the specification and these.
            int firstHeld = Launcher.SpecificationDescriptor + 1 + descriptors.Length;
            byte[] specification = LaunchSpecification.Encode(start, cgroup, firstHeld);
            string size = specification.Length.ToString(CultureInfo.InvariantCulture);
            using SafeFileHandle file = LaunchSpecification.ToFile(specification);
            using SafeFileHandle root = OpenDirectory("/").OrThrow("open /");
            SafeHandle[] passed = [file, .. descriptors, .. LaunchSpecification.Held(start)];
            return Start(
                start, _launcher, ["guest-agent", Launcher.Argument, size, .. order], [], root, passed, cgroup, channel);
        }
        catch
        {
            channel?.Dispose();
            cgroup?.Dispose();
            throw;
        }
    }

    private ChildProcess Start(
        ChildStart start,
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SafeHandle directory,
        ReadOnlySpan<SafeHandle> more,
        CommandCgroup? cgroup,
        ProgramChannel? channel = null)
    {
        lock (OneAtATime)
        {
            ChildStreams streams = new(start, _resources.NullDevice, _loop);
            OomProtection? protection = _resources.Protection;
            protection?.Suspend();
            try
            {
                SafeHandle? program = more.IsEmpty ? start.HeldProgram : null;
                SafeHandle[] descriptors = [.. streams.ChildEnds, .. more];
                int errno = channel is null
                    ? PosixSpawn.Start(file, arguments, environment, directory, descriptors, out int pid, program)
                    : StartInside(file, arguments, directory, descriptors, channel, out pid);
                if (errno != 0)
                {
                    throw SpawnException.Of(more.IsEmpty ? SpawnStep.Execute : SpawnStep.Launcher, errno, start);
                }

                start.Spawned?.Invoke(pid);
                return new ChildProcess(pid, streams, cgroup, _loop, channel);
            }
            catch
            {
                streams.Dispose();
                throw;
            }
            finally
            {
                protection?.Resume();
                streams.CloseChildEnds();
            }
        }
    }

    private static int StartInside(
        string file,
        IReadOnlyList<string> arguments,
        SafeHandle directory,
        SafeHandle[] descriptors,
        ProgramChannel channel,
        out int pid)
    {
        int child = 0;
        int errno = PidNamespace.Run(
            () => PosixSpawn.Start(file, arguments, [], directory, descriptors, out child), out bool isInside);
        channel.HasInit = isInside;
        pid = child;
        return errno;
    }

    private static SafeFileHandle OpenDirectory(string path) =>
        NativeMethods.open(path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
}
