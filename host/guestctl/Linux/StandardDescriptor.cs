namespace GuestAgent.Cli.Linux;

/// <summary>
/// The descriptors 0, 1 and 2 as this process was started with them. One that was closed then is never used, whatever took
/// its number since.
/// </summary>
internal static class StandardDescriptor
{
    /// <summary>Standard input.</summary>
    public const int Input = 0;

    /// <summary>Standard output.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    /// <summary>
    /// Takes the numbers that are free, so that no connection and no file gets one: with something that can neither be read nor
    /// written. To be called before anything is opened.
    /// </summary>
    public static unsafe void TakeFreeNumbers()
    {
        for (int fd = Input; fd <= Error; fd++)
        {
            if (LibC.fcntl(fd, LibC.F_GETFD) < 0)
            {
                // The lowest free number, which is this one. It cannot fail but for want of memory.
                fixed (byte* root = "/\0"u8)
                {
                    // SAFETY: the name ends with a NUL.
                    _ = LibC.open(root, LibC.O_PATH | LibC.O_CLOEXEC, 0);
                }
            }
        }
    }

    /// <summary>
    /// Ends what is written to one: its reader sees that, whether it is a pipe or a socket. Its number stays taken, by something that
    /// can neither be read nor written.
    /// </summary>
    public static unsafe void EndWriting(int fd)
    {
        // Of a socket that is standard input as well, closing one number would end nothing; of all else this does nothing.
        _ = LibC.shutdown(fd, LibC.SHUT_WR);
        fixed (byte* root = "/\0"u8)
        {
            // SAFETY: the name ends with a NUL.
            int nothing = LibC.open(root, LibC.O_PATH | LibC.O_CLOEXEC, 0);
            if (nothing >= 0)
            {
                _ = LibC.dup3(nothing, fd, LibC.O_CLOEXEC);
                _ = LibC.close(nothing);
            }
        }
    }

    /// <summary>True when it was open for reading.</summary>
    public static bool IsReadable(int fd) => IsOpen(fd, LibC.O_WRONLY);

    /// <summary>True when it was open for writing.</summary>
    public static bool IsWritable(int fd) => IsOpen(fd, LibC.O_RDONLY);

    // Nothing that would end with execve(2) can have come through it: what has that flag is our own, or the runtime's, which opens
    // files before any code of ours runs.
    private static bool IsOpen(int fd, int otherWay)
    {
        int how = LibC.fcntl(fd, LibC.F_GETFL);
        return how >= 0 && (how & LibC.O_PATH) == 0 && (how & LibC.O_ACCMODE) != otherWay
            && (LibC.fcntl(fd, LibC.F_GETFD) & LibC.FD_CLOEXEC) == 0;
    }
}
