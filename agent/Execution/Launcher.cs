using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Execution;

/// <summary>
/// The agent's binary in its second role: started by <see cref="ChildSpawner"/> as root, it gives up what the program must
/// not have, becomes the user and then the program, or starts it as its child (<see cref="ProgramInit"/>). Managed code
/// cannot run between fork and exec, so what posix_spawn lacks needs a process of its own.
/// </summary>
internal static unsafe class Launcher
{
    /// <summary>First argument that selects this role; the second is the size of the specification.</summary>
    public const string Argument = "--launch";

    /// <summary>Descriptor of the specification.</summary>
    public const int SpecificationDescriptor = 3;

    /// <summary>
    /// Descriptor of the report: a pipe that the exec closes, so that what the agent reads before its end is how it went; of
    /// a confined program the socket of its <see cref="ProgramChannel"/>.
    /// </summary>
    public const int ReportDescriptor = 4;

    private const int FailureExitCode = 127;

    /// <summary>Whether the process was started in this role; asked before anything else is set up.</summary>
    public static bool IsAskedFor(ReadOnlySpan<string> arguments) => arguments is [Argument, _, ..];

    /// <summary>Becomes the program; comes back only on failure, which it has reported.</summary>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        using SafeFileHandle report = new(ReportDescriptor, ownsHandle: false);
        if (!int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out int size))
        {
            return FailureExitCode;
        }

        // Nothing but the standard streams may pass the exec, whatever the runtime has opened.
        if (!InheritedDescriptors.TryCloseOnExec(SpecificationDescriptor))
        {
            return Fail(report, SpawnStep.Launcher);
        }

        using SafeFileHandle file = new(SpecificationDescriptor, ownsHandle: true);
        if (!LaunchedProgram.TryRead(file, size, out LaunchedProgram program))
        {
            return Fail(report, SpawnStep.Launcher);
        }

        using Seclusion? seclusion = ConfinementOrder.Parse(arguments[2..]) is { } order ? new Seclusion(order) : null;
        if (Prepare(program, seclusion, out int errno) is { } refused)
        {
            return Fail(report, refused, errno);
        }

        program = seclusion?.Direct(program) ?? program;
        if (seclusion is not null && Environment.ProcessId == 1)
        {
            return Fail(report, SpawnStep.Execute, ProgramInit.Run(report, program, seclusion.Missing));
        }

        SignalDispositions.ResetAll();
        LaunchReport.Write(report, new LaunchReport(LaunchReport.Ready, (int)(seclusion?.Missing ?? 0)));
        // SAFETY: both arrays are null-terminated and point into the specification.
        _ = LibC.execve(program.File, program.Arguments, program.Environment);
        return Fail(report, SpawnStep.Execute);
    }

    // The order matters: each step still needs what a later one gives up.
    private static SpawnStep? Prepare(in LaunchedProgram program, Seclusion? seclusion, out int errno)
    {
        try
        {
            bool hasCgroup = MoveTo(program.ProcessesFile);
            seclusion?.Enter(hasCgroup, program);
        }
        catch (SpawnException e)
        {
            errno = e.Errno;
            return e.Step;
        }
        catch (LinuxException e)
        {
            errno = e.Errno;
            return SpawnStep.Seclusion;
        }

        if (program.GivesUpPrivileges && !Privileges.TryGiveUpNewOnes())
        {
            errno = Marshal.GetLastPInvokeError();
            return SpawnStep.Privileges;
        }

        seclusion?.EnterDomain();
        if (seclusion?.Lacking is { } lacking and not ConfinementParts.None)
        {
            errno = (int)lacking;
            return SpawnStep.Confinement;
        }

        // As root too, whose quota no other user can have used up.
        bool leavesKeyring = seclusion is not null || (program.SwitchesUser && program.UserId != LibC.geteuid());
        if (leavesKeyring && !SessionKeyring.TryLeave())
        {
            errno = Marshal.GetLastPInvokeError();
            return SpawnStep.Keyring;
        }

        SpawnStep? refused = program.SwitchesUser ? Become(program) : null;
        if (refused is null && leavesKeyring)
        {
            // Its user's own, if there is room for it; the one before is empty and no other process has it.
            _ = SessionKeyring.TryLeave();
        }

        if (refused is null && program.GivesUpPrivileges && !Privileges.TryGiveUpAll())
        {
            refused = SpawnStep.Privileges;
        }

        // As the user, who may not be allowed where root is.
        if (refused is null
            && !(seclusion?.TryGoThere() ?? (LibC.chdir(program.WorkingDirectory) == 0 && IsIn(program.HeldDirectory))))
        {
            refused = SpawnStep.WorkingDirectory;
        }

        errno = Marshal.GetLastPInvokeError();
        return refused;
    }

    private static SpawnStep? Become(in LaunchedProgram program)
    {
        // The order matters: without root's id the first two are forbidden.
        // SAFETY: the list lies in the specification, as long as it says.
        if (LibC.setgroups(program.GroupCount, (gid_t*)program.Groups) < 0)
        {
            return SpawnStep.Groups;
        }

        if (LibC.setgid(program.GroupId) < 0)
        {
            return SpawnStep.Group;
        }

        if (LibC.setuid(program.UserId) < 0)
        {
            return SpawnStep.User;
        }

        // A saved id left behind would let the program be root again; it must not get that far.
        if (program.UserId != 0 && LibC.setuid(0) == 0)
        {
            Marshal.SetLastPInvokeError(Errno.EPERM);
            return SpawnStep.User;
        }

        return null;
    }

    // Whether the path has led to the directory that was granted, and to no other since; false with the last error set.
    private static bool IsIn(int granted)
    {
        if (granted == 0)
        {
            return true;
        }

        using SafeFileHandle directory = new(granted, ownsHandle: false);
        bool isThere = FileStatus.At(".") is { } here && here.IsSameFileAs(FileStatus.Of(directory));
        Marshal.SetLastPInvokeError(Errno.ESTALE);
        return isThere;
    }

    // Best effort but for limits: a command without its cgroup is better than none.
    private static bool MoveTo(byte* processesFile) =>
        *processesFile != 0 && CommandCgroup.TryMove(Marshal.PtrToStringUTF8((nint)processesFile)!, 0);

    private static int Fail(SafeFileHandle report, SpawnStep step) => Fail(report, step, Marshal.GetLastPInvokeError());

    private static int Fail(SafeFileHandle report, SpawnStep step, int errno)
    {
        LaunchReport.Write(report, new LaunchReport((int)step, errno));
        return FailureExitCode;
    }
}
