using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// Shuts the launcher in before it becomes the program or starts it: in the order in which each step is still allowed. The
/// calling thread alone is shut in, and so is what it starts; the runtime's own threads run nothing of the program's.
/// </summary>
/// <param name="order">What to do.</param>
internal sealed unsafe class Seclusion(ConfinementOrder order) : IDisposable
{
    private readonly SafeFileHandle _directory = new(order.Descriptor, ownsHandle: false);
    private readonly SafeFileHandle _scratch = new(order.Descriptor + 1, ownsHandle: false);
    private string? _path;

    /// <summary>What is missing of what was wanted.</summary>
    public ConfinementParts Missing { get; private set; }

    /// <summary>What is missing of what was demanded.</summary>
    public ConfinementParts Lacking => Missing & order.Demanded;

    /// <summary>As root: takes namespaces, and then the Landlock domain, in which nothing can be mounted any more.</summary>
    /// <remarks>
    /// What becomes the program's <c>/tmp</c> is the agent's own until here, so that no other process of the user can have put
    /// anything in it where mounts are to go.
    /// </remarks>
    /// <param name="hasCgroup">Whether the limits of a cgroup hold.</param>
    /// <param name="program">The program, whose user gets the scratch directory last.</param>
    /// <exception cref="LinuxException">It failed halfway.</exception>
    /// <exception cref="SpawnException"><see cref="SpawnStep.Mounts"/>: the guest refuses mounts, whatever is mounted.</exception>
    public void Enter(bool hasCgroup, in LaunchedProgram program)
    {
        Try(ConfinementParts.Processes, () => Environment.ProcessId == 1);
        Try(ConfinementParts.Ipc, () => LibC.unshare(LibC.CLONE_NEWIPC) == 0);
        Try(ConfinementParts.Network, () => LibC.unshare(LibC.CLONE_NEWNET) == 0 && Loopback.TryStart());
        Try(ConfinementParts.Mounts, () => (_path = PrivateMounts.TryMake(_directory, _scratch, order.HiddenDirectories)) is not null);
        Try(ConfinementParts.Limits & order.Wanted, () => hasCgroup);
        LimitUserProcesses();
        if (program.SwitchesUser)
        {
            _scratch.ChangeOwnerOf(program.UserId, program.GroupId);
        }
    }

    /// <summary>After what is left of privileges was given up, which lets anybody do it.</summary>
    public void EnterDomain() => Try(
        ConfinementParts.Landlock, () => WriteDomain.TryEnter(_directory, _scratch, _path is not null, order.WritePaths));

    /// <summary>
    /// Where it may change nothing in the guest's <c>/tmp</c> and has none of its own, a program is told where else to go.
    /// </summary>
    public LaunchedProgram Direct(in LaunchedProgram program) =>
        _path is null && ProcDescriptor.ReadPath(_scratch) is { } place
            ? program.With("TMPDIR", Encoding.UTF8.GetString(place))
            : program;

    /// <summary>As the user: goes to the directory.</summary>
    /// <returns>False with the last error set.</returns>
    public bool TryGoThere()
    {
        if (_path is null)
        {
            return NativeMethods.fchdir(_directory) == 0;
        }

        fixed (byte* path = Encoding.UTF8.GetBytes(_path + "\0"))
        {
            // SAFETY: the path ends with a NUL.
            return LibC.chdir(path) == 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        _scratch.Dispose();
    }

    private void Try(ConfinementParts part, Func<bool> step)
    {
        if (part != ConfinementParts.None && order.Wanted.HasFlag(part) && !step())
        {
            Missing |= part;
        }
    }

    // Of all of the user's programs together, and not of root's: better than no bound.
    private void LimitUserProcesses()
    {
        if (order.UserProcesses > 0)
        {
            ulong* limits = stackalloc ulong[] { (ulong)order.UserProcesses, (ulong)order.UserProcesses };
            // SAFETY: struct rlimit, of two 64-bit numbers.
            if (NativeMethods.setrlimit(NativeMethods.RLIMIT_NPROC, limits) != 0)
            {
                throw LinuxException.FromLastError("setrlimit");
            }
        }
    }
}
