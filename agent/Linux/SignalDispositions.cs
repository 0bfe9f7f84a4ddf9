using Tmds.Linux;

namespace GuestAgent.Linux;

/// <summary>
/// Undoes ignored signals. Handlers end with an exec, but what is ignored stays ignored, in this process as in every
/// program it becomes.
/// </summary>
internal static unsafe class SignalDispositions
{
    private const int LastSignal = 64;

    /// <summary>Gives a signal its default action if it is ignored; leaves a handler alone.</summary>
    public static void ResetIfIgnored(int signal)
    {
        sigaction former = default;
        // SAFETY: both structures are local. Two numbers in the middle belong to glibc, which refuses them.
        if (LibC.sigaction(signal, null, &former) == 0 && former.sa_handler == LibC.SIG_IGN)
        {
            sigaction byDefault = default;
            _ = LibC.sigaction(signal, &byDefault, null);
        }
    }

    /// <summary>Ignores a signal.</summary>
    public static void Ignore(int signal)
    {
        sigaction ignored = new() { sa_handler = LibC.SIG_IGN };
        // SAFETY: the structure is local.
        _ = LibC.sigaction(signal, &ignored, null);
    }

    /// <summary>Makes this process as clean as <see cref="PosixSpawn"/> makes a child: right before an exec.</summary>
    public static void ResetAll()
    {
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            ResetIfIgnored(signal);
        }

        sigset_t none = default;
        // SAFETY: the set is local.
        _ = LibC.sigprocmask(LibC.SIG_SETMASK, &none, null);
    }
}
