using System.Runtime.InteropServices;

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
    /// <returns>0 or the error number: of the working directory, of the exec or of the lack of resources.</returns>
    public static int Start(
        string file,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SafeHandle workingDirectory,
        ReadOnlySpan<SafeHandle> descriptors,
        out int pid)
    {
        using NativeStrings path = new([file]);
        using NativeStrings argv = new(arguments);
        using NativeStrings envp = new(environment);
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* actions = stackalloc byte[OpaqueSize];
        Check(LibC.posix_spawnattr_init(attributes));
        Check(LibC.posix_spawn_file_actions_init(actions));
        using HeldDescriptors held = new(workingDirectory, descriptors);
        try
        {
            SetSignals(attributes);
            Check(LibC.posix_spawn_file_actions_addfchdir_np(actions, held.WorkingDirectory));
            AddDescriptors(actions, held.Descriptors);
            int child;
            // SAFETY: all pointers stay valid during the call, which returns after the child's exec.
            int errno = LibC.posix_spawn(&child, path.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
            pid = child;
            return errno;
        }
        finally
        {
            _ = LibC.posix_spawn_file_actions_destroy(actions);
            _ = LibC.posix_spawnattr_destroy(attributes);
        }
    }

    private static void SetSignals(byte* attributes)
    {
        byte* signals = stackalloc byte[OpaqueSize];
        Span<byte> set = new(signals, OpaqueSize);
        set.Clear();
        Check(LibC.posix_spawnattr_setsigmask(attributes, signals));

        // .NET ignores SIGPIPE, and an ignored signal would stay so across the exec.
        set.Fill(0xff);
        Check(LibC.posix_spawnattr_setsigdefault(attributes, signals));
        Check(LibC.posix_spawnattr_setflags(
            attributes,
            LibC.POSIX_SPAWN_SETSID | LibC.POSIX_SPAWN_SETSIGMASK | LibC.POSIX_SPAWN_SETSIGDEF));
    }

    private static void AddDescriptors(byte* actions, ReadOnlySpan<int> descriptors)
    {
        // A source below the targets could be overwritten before its turn: then go by way of numbers that nobody uses.
        int offset = 0;
        foreach (int source in descriptors)
        {
            if (source < descriptors.Length)
            {
                offset = Maximum(descriptors) + 1;
            }
        }

        for (int target = 0; offset > 0 && target < descriptors.Length; target++)
        {
            Check(LibC.posix_spawn_file_actions_adddup2(actions, descriptors[target], offset + target));
        }

        for (int target = 0; target < descriptors.Length; target++)
        {
            int source = offset > 0 ? offset + target : descriptors[target];
            Check(LibC.posix_spawn_file_actions_adddup2(actions, source, target));
        }

        Check(LibC.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Length));
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
