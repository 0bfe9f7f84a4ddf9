using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <summary>Whom an open file belongs to. See statx(2): its structure is the same on every architecture.</summary>
/// <param name="UserId">User id.</param>
/// <param name="GroupId">Group id.</param>
internal readonly partial record struct FileOwner(uint UserId, uint GroupId)
{
    private const int AtEmptyPath = 0x1000;
    private const uint StatxUidGid = 0x8 | 0x10;

    /// <summary>The user that the agent acts as.</summary>
    public static uint EffectiveUserId => geteuid();

    /// <summary>The owner of <paramref name="file"/>.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static unsafe FileOwner Of(SafeFileHandle file)
    {
        Statx result = default;
        // SAFETY: an empty path with AT_EMPTY_PATH names the descriptor; the structure has the 256 bytes of struct statx.
        if (statx(file, "", AtEmptyPath, StatxUidGid, &result) < 0)
        {
            throw LinuxException.FromLastError("statx");
        }

        return new FileOwner(result.UserId, result.GroupId);
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(SafeFileHandle directory, string path, int flags, uint mask, Statx* result);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;
    }
}
