namespace GuestAgent.Linux.Native;

/// <summary>
/// The error numbers that the agent acts on or explains, the same on every architecture .NET runs on
/// (<see href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</see>).
/// </summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int E2BIG = 7;
    public const int ENOEXEC = 8;
    public const int EBADF = 9;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ETXTBSY = 26;
    public const int EFBIG = 27;
    public const int ENOSPC = 28;
    public const int ESPIPE = 29;
    public const int EROFS = 30;
    public const int EMLINK = 31;
    public const int EPIPE = 32;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ENOTEMPTY = 39;
    public const int ELOOP = 40;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int ECONNABORTED = 103;
    public const int ECONNRESET = 104;
    public const int ENOBUFS = 105;
    public const int ENOTCONN = 107;
    public const int ECONNREFUSED = 111;
    public const int ETIMEDOUT = 110;
    public const int EINPROGRESS = 115;
    public const int ESTALE = 116;
    public const int EDQUOT = 122;

    /// <summary>
    /// Whether the agent or its guest has run out of descriptors or memory: then nothing is known of what was asked for, and a
    /// call that treats every failure as "there is none" would tell a lie.
    /// </summary>
    public static bool IsExhaustion(int errno) => errno is EMFILE or ENFILE or ENOMEM or ENOBUFS;

    /// <summary>The symbolic name, such as <c>ENOENT</c>; <c>errno 123</c> for a number without one here.</summary>
    public static string Name(int errno) => Lookup(errno).Name;

    /// <summary>What strerror(3) says in the C locale: glibc's own would follow the locale and need its tables.</summary>
    public static string Describe(int errno) => Lookup(errno).Description;

    private static (string Name, string Description) Lookup(int errno) => errno switch
    {
        EPERM => (nameof(EPERM), "operation not permitted"),
        ENOENT => (nameof(ENOENT), "no such file or directory"),
        ESRCH => (nameof(ESRCH), "no such process"),
        EINTR => (nameof(EINTR), "interrupted system call"),
        EIO => (nameof(EIO), "input/output error"),
        ENXIO => (nameof(ENXIO), "no such device or address"),
        E2BIG => (nameof(E2BIG), "argument list too long"),
        ENOEXEC => (nameof(ENOEXEC), "exec format error"),
        EBADF => (nameof(EBADF), "bad file descriptor"),
        ECHILD => (nameof(ECHILD), "no child processes"),
        EAGAIN => (nameof(EAGAIN), "resource temporarily unavailable"),
        ENOMEM => (nameof(ENOMEM), "cannot allocate memory"),
        EACCES => (nameof(EACCES), "permission denied"),
        EBUSY => (nameof(EBUSY), "device or resource busy"),
        EEXIST => (nameof(EEXIST), "file exists"),
        EXDEV => (nameof(EXDEV), "in another file system"),
        ENODEV => (nameof(ENODEV), "no such device"),
        ENOTDIR => (nameof(ENOTDIR), "not a directory"),
        EISDIR => (nameof(EISDIR), "is a directory"),
        EINVAL => (nameof(EINVAL), "invalid argument"),
        ENFILE => (nameof(ENFILE), "too many open files in system"),
        EMFILE => (nameof(EMFILE), "too many open files"),
        ETXTBSY => (nameof(ETXTBSY), "text file busy"),
        EFBIG => (nameof(EFBIG), "file too large"),
        ENOSPC => (nameof(ENOSPC), "no space left on device"),
        ESPIPE => (nameof(ESPIPE), "illegal seek"),
        EROFS => (nameof(EROFS), "read-only file system"),
        EMLINK => (nameof(EMLINK), "too many links"),
        EPIPE => (nameof(EPIPE), "broken pipe"),
        ENAMETOOLONG => (nameof(ENAMETOOLONG), "file name too long"),
        ENOSYS => (nameof(ENOSYS), "function not implemented"),
        ENOTEMPTY => (nameof(ENOTEMPTY), "directory not empty"),
        ELOOP => (nameof(ELOOP), "too many levels of symbolic links"),
        ENODATA => (nameof(ENODATA), "no data available"),
        EOPNOTSUPP => (nameof(EOPNOTSUPP), "operation not supported"),
        EAFNOSUPPORT => (nameof(EAFNOSUPPORT), "address family not supported by protocol"),
        EADDRINUSE => (nameof(EADDRINUSE), "address already in use"),
        ECONNABORTED => (nameof(ECONNABORTED), "software caused connection abort"),
        ECONNRESET => (nameof(ECONNRESET), "connection reset by peer"),
        ENOBUFS => (nameof(ENOBUFS), "no buffer space available"),
        ENOTCONN => (nameof(ENOTCONN), "transport endpoint is not connected"),
        ECONNREFUSED => (nameof(ECONNREFUSED), "connection refused"),
        ETIMEDOUT => (nameof(ETIMEDOUT), "connection timed out"),
        EINPROGRESS => (nameof(EINPROGRESS), "operation now in progress"),
        ESTALE => (nameof(ESTALE), "stale file handle"),
        EDQUOT => (nameof(EDQUOT), "disk quota exceeded"),
        _ => ($"errno {errno}", "unknown error"),
    };
}
