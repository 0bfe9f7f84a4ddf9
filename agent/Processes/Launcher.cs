using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>
/// The agent's binary in its second role: started by <see cref="ChildSpawner"/> as root, it becomes the user and then the
/// program. Managed code cannot run between fork and exec, so what posix_spawn lacks needs a process of its own.
/// </summary>
internal static unsafe class Launcher
{
    /// <summary>First argument that selects this role; the second is the size of the specification.</summary>
    public const string Argument = "--launch";

    /// <summary>Descriptor of the specification.</summary>
    public const int SpecificationDescriptor = 3;

    /// <summary>Descriptor of the report, closed by the exec: what the agent reads before its end is how it went.</summary>
    public const int ReportDescriptor = 4;

    private const int FailureExitCode = 127;

    /// <summary>Whether the process was started in this role; asked before anything else is set up.</summary>
    public static bool IsAskedFor(ReadOnlySpan<string> arguments) => arguments is [Argument, _];

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

        byte* specification = (byte*)NativeMemory.Alloc((nuint)size);
        using (SafeFileHandle file = new(SpecificationDescriptor, ownsHandle: true))
        {
            // SAFETY: the buffer has the size that is asked for.
            if (LibC.pread(file, specification, size, 0) != size)
            {
                return Fail(report, SpawnStep.Launcher);
            }
        }

        uint* numbers = (uint*)specification;
        uint groups = numbers[2];
        uint argumentCount = numbers[3];
        uint variableCount = numbers[4];
        byte* text = (byte*)(numbers + LaunchSpecification.HeaderNumbers + groups);
        byte** strings = Index(text, LaunchSpecification.LeadingStrings, argumentCount, variableCount);
        MoveTo(strings[0]);
        if (Become(numbers[0], numbers[1], numbers + LaunchSpecification.HeaderNumbers, groups) is { } refused)
        {
            return Fail(report, refused);
        }

        // As the user, who may not be allowed where root is.
        if (LibC.chdir(strings[1]) < 0)
        {
            return Fail(report, SpawnStep.WorkingDirectory);
        }

        SignalDispositions.ResetAll();
        LaunchReport.Write(report, new LaunchReport(LaunchReport.Ready, 0));
        byte** argv = strings + LaunchSpecification.LeadingStrings;
        // SAFETY: both arrays are null-terminated and point into the specification.
        _ = LibC.execve(strings[2], argv, argv + argumentCount + 1);
        return Fail(report, SpawnStep.Execute);
    }

    private static SpawnStep? Become(uint uid, uint gid, uint* groups, uint groupCount)
    {
        // The order matters: without root's id the first two are forbidden.
        // SAFETY: the list lies in the specification, groupCount long.
        if (LibC.setgroups(groupCount, groups) < 0)
        {
            return SpawnStep.Groups;
        }

        if (LibC.setgid(gid) < 0)
        {
            return SpawnStep.Group;
        }

        if (LibC.setuid(uid) < 0)
        {
            return SpawnStep.User;
        }

        // A saved id left behind would let the program be root again; it must not get that far.
        if (uid != 0 && LibC.setuid(0) == 0)
        {
            Marshal.SetLastPInvokeError(Errno.EPERM);
            return SpawnStep.User;
        }

        return null;
    }

    /// <summary>Pointers to the strings in a row: the leading ones, then argv and envp, each null-terminated.</summary>
    private static byte** Index(byte* text, uint leading, uint arguments, uint variables)
    {
        byte** strings = (byte**)NativeMemory.AllocZeroed(leading + arguments + variables + 2, (nuint)sizeof(byte*));
        for (uint i = 0; i < leading + arguments + variables; i++)
        {
            strings[i < leading + arguments ? i : i + 1] = text;
            // SAFETY: the specification ends with a NUL, and holds as many strings as its header says.
            text += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length + 1;
        }

        return strings;
    }

    /// <summary>Best effort: a command without its cgroup is better than none.</summary>
    private static void MoveTo(byte* processesFile)
    {
        if (*processesFile != 0)
        {
            CommandCgroup.TryMove(Marshal.PtrToStringUTF8((nint)processesFile)!, 0);
        }
    }

    private static int Fail(SafeFileHandle report, SpawnStep step)
    {
        LaunchReport.Write(report, new LaunchReport((int)step, Marshal.GetLastPInvokeError()));
        return FailureExitCode;
    }
}
