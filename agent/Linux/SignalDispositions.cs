namespace GuestAgent.Linux;

/// <summary>
/// Undoes ignored signals. Handlers end with an exec, but what is ignored stays ignored, in this process as in every
/// program it becomes.
/// </summary>
internal static unsafe class SignalDispositions
{
    public const int SIGKILL = 9;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGXFSZ = 25;
    private const int LastSignal = 64;

    // struct sigaction has 152 bytes in glibc, and begins with the handler on every architecture but MIPS and Alpha.
    private const int OpaqueSize = 256;

    /// <summary>Gives a signal its default action if it is ignored; leaves a handler alone.</summary>
    public static void ResetIfIgnored(int signal)
    {
        nint* action = stackalloc nint[OpaqueSize / sizeof(nint)];
        new Span<byte>(action, OpaqueSize).Clear();
        // SAFETY: the buffer is larger than the structure. Two numbers in the middle belong to glibc, which refuses them.
        if (LibC.sigaction(signal, null, action) == 0 && action[0] == LibC.SIG_IGN)
        {
            new Span<byte>(action, OpaqueSize).Clear();
            _ = LibC.sigaction(signal, action, null);
        }
    }

    /// <summary>Ignores a signal.</summary>
    public static void Ignore(int signal)
    {
        nint* action = stackalloc nint[OpaqueSize / sizeof(nint)];
        new Span<byte>(action, OpaqueSize).Clear();
        action[0] = LibC.SIG_IGN;
        // SAFETY: the buffer is larger than the structure, and begins with the handler.
        _ = LibC.sigaction(signal, action, null);
    }

    /// <summary>Makes this process as clean as <see cref="PosixSpawn"/> makes a child: right before an exec.</summary>
    public static void ResetAll()
    {
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            ResetIfIgnored(signal);
        }

        byte* none = stackalloc byte[OpaqueSize];
        new Span<byte>(none, OpaqueSize).Clear();
        // SAFETY: an empty set, larger than the 128 bytes of sigset_t.
        _ = LibC.sigprocmask(LibC.SIG_SETMASK, none, null);
    }
}
