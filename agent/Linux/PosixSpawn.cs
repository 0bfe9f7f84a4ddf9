using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux;

/// <summary>
/// posix_spawn(3) as the agent uses it: a new session, default signals, an empty mask, a working directory, and exactly
/// the descriptors named. glibc implements it by CLONE_VFORK, so its cost does not grow with the agent's memory, and the
/// error of a failed exec is its result.
/// </summary>
internal static unsafe class PosixSpawn
{
    // Opaque in the manual page; 336, 80 and 128 bytes in glibc on every 64-bit architecture.
    private const int OpaqueSize = 512;

    /// <summary>Starts a program.</summary>
    /// <param name="file">Path of the program.</param>
    /// <param name="arguments">Its argv.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="workingDirectory">An open directory.</param>
    /// <param name="descriptors">What become descriptors 0, 1, 2 and so on; no other one is inherited.</param>
    /// <param name="pid">Its process id, process group and session.</param>
    /// <param name="program">The program itself, opened with O_PATH; null: what <paramref name="file"/> leads to.</param>
    /// <returns>0 or the error number: of the working directory, of the exec or of the lack of resources.</returns>
    public static int Start(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SafeHandle workingDirectory,
        ReadOnlySpan<SafeHandle> descriptors,
        out int pid,
        SafeHandle? program = null)
    {
        using NativeStrings path = new([program is null ? file : ProcDescriptor.NameOf(descriptors.Length)]);
        using NativeStrings argv = new(arguments);
        using NativeStrings envp = new(environment);
        return Start(
            path.Pointer[0],
            argv.Pointer,
            envp.Pointer,
            workingDirectory,
            program is null ? descriptors : [.. descriptors, program],
            closesOthers: true,
            out pid,
            lastIsProgram: program is not null);
    }

    /// <summary>Starts a program whose strings are in native memory already, each array with a null at its end.</summary>
    /// <param name="file">Path of the program.</param>
    /// <param name="arguments">Its argv.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="workingDirectory">An open directory.</param>
    /// <param name="descriptors">What become descriptors 0, 1, 2 and so on.</param>
    /// <param name="closesOthers">Whether all others are closed before the exec; otherwise those that pass no exec are by it.</param>
    /// <param name="pid">Its process id, process group and session.</param>
    /// <param name="lastIsProgram">Whether the last descriptor is that of the program, which passes no exec.</param>
    /// <returns>0 or the error number.</returns>
    public static int Start(
        byte* file,
        byte** arguments,
        byte** environment,
        SafeHandle workingDirectory,
        ReadOnlySpan<SafeHandle> descriptors,
        bool closesOthers,
        out int pid,
        bool lastIsProgram = false)
    {
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* actions = stackalloc byte[OpaqueSize];
        Check(NativeMethods.posix_spawnattr_init(attributes));
        Check(NativeMethods.posix_spawn_file_actions_init(actions));
        using HeldDescriptors held = new(workingDirectory, descriptors);
        try
        {
            SetSignals(attributes);
            Check(NativeMethods.posix_spawn_file_actions_addfchdir_np(actions, held.WorkingDirectory));
            AddDescriptors(actions, held.Descriptors, closesOthers, lastIsProgram);
            int child;
            // SAFETY: all pointers stay valid during the call, which returns after the child's exec.
            int errno = NativeMethods.posix_spawn(&child, file, actions, attributes, arguments, environment);
            pid = child;
            return errno;
        }
        finally
        {
            _ = NativeMethods.posix_spawn_file_actions_destroy(actions);
            _ = NativeMethods.posix_spawnattr_destroy(attributes);
        }
    }

    private static void SetSignals(byte* attributes)
    {
        byte* signals = stackalloc byte[OpaqueSize];
        Span<byte> set = new(signals, OpaqueSize);
        set.Clear();
        Check(NativeMethods.posix_spawnattr_setsigmask(attributes, signals));

        // .NET ignores SIGPIPE, and an ignored signal would stay so across the exec.
        set.Fill(0xff);
        Check(NativeMethods.posix_spawnattr_setsigdefault(attributes, signals));
        Check(NativeMethods.posix_spawnattr_setflags(
            attributes,
            NativeMethods.POSIX_SPAWN_SETSID | NativeMethods.POSIX_SPAWN_SETSIGMASK | NativeMethods.POSIX_SPAWN_SETSIGDEF));
    }

    private static void AddDescriptors(byte* actions, ReadOnlySpan<int> descriptors, bool closesOthers, bool lastIsProgram)
    {
        // A source below the targets could be overwritten before its turn: then go by way of numbers that nobody uses.
        int offset = 0;
        for (int target = 0; target < descriptors.Length; target++)
        {
            if (descriptors[target] < descriptors.Length && descriptors[target] != target)
            {
                offset = Maximum(descriptors) + 1;
            }
        }

        for (int target = 0; offset > 0 && target < descriptors.Length; target++)
        {
            Check(NativeMethods.posix_spawn_file_actions_adddup2(actions, descriptors[target], offset + target));
        }

        for (int target = 0; target < descriptors.Length; target++)
        {
            int source = offset > 0 ? offset + target : descriptors[target];
            Check(NativeMethods.posix_spawn_file_actions_adddup2(actions, source, target));
        }

        if (lastIsProgram)
        {
            CloseOnExec(actions, descriptors.Length - 1);
        }

        if (closesOthers)
        {
            Check(NativeMethods.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Length));
        }
    }

    // Nothing else in the manual page sets the flag: what is opened gets the number that is asked for, with the flags that
    // are asked for, where that number is the lowest free one. It is, as all below it are the child's streams.
    private static void CloseOnExec(byte* actions, int program)
    {
        using NativeStrings beside = new([ProcDescriptor.NameOf(program + 1)]);
        Check(NativeMethods.posix_spawn_file_actions_adddup2(actions, program, program + 1));
        Check(NativeMethods.posix_spawn_file_actions_addopen(
            actions, program, beside.Pointer[0], LibC.O_PATH | LibC.O_CLOEXEC, 0));
    }

    private static int Maximum(ReadOnlySpan<int> values)
    {
        int maximum = 0;
        foreach (int value in values)
        {
            maximum = Math.Max(maximum, value);
        }

        return maximum;
    }

    private static void Check(int errno)
    {
        if (errno != 0)
        {
            throw new LinuxException("prepare posix_spawn", errno);
        }
    }
}
