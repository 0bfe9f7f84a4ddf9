using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>What a copy on this host gets of its source; null for what it does not.</summary>
/// <param name="Mode">Permission bits.</param>
/// <param name="UserId">Number of the owner.</param>
/// <param name="GroupId">Number of the group.</param>
/// <param name="Modified">When it was changed.</param>
internal readonly record struct LocalAttributes(
    UnixFileMode? Mode = null, uint? UserId = null, uint? GroupId = null, FileMoment? Modified = null)
{
    // Tells chown(2) to leave it as it is.
    private const uint Unchanged = uint.MaxValue;

    private bool HasOwner => UserId is not null || GroupId is not null;

    /// <summary>Gives them to an open file or directory.</summary>
    /// <param name="file">It.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="NoOutputException">It cannot have them.</exception>
    public void GiveTo(SafeFileHandle file, string path)
    {
        // Before its bits, which a change of owner may take away.
        if (HasOwner)
        {
            Check(
                NativeMethods.ChangeOwnerAt(file, "", UserId ?? Unchanged, GroupId ?? Unchanged, LibC.AT_EMPTY_PATH),
                "owner",
                path);
        }

        if (Mode is { } mode)
        {
            try
            {
                File.SetUnixFileMode(file, mode);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NoOutputException($"cannot set the permissions of {path}", e);
            }
        }

        if (Modified is { } modified)
        {
            Check(NativeMethods.SetTimes(file, modified.ToTimes()), "time", path);
        }
    }

    /// <summary>Gives them to a symbolic link, which has no permissions of its own.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="NoOutputException">It cannot have them.</exception>
    public void GiveToLink(SafeFileHandle directory, string name, string path)
    {
        if (HasOwner)
        {
            Check(
                NativeMethods.ChangeOwnerAt(
                    directory, name, UserId ?? Unchanged, GroupId ?? Unchanged, LibC.AT_SYMLINK_NOFOLLOW),
                "owner",
                path);
        }

        if (Modified is { } modified)
        {
            Check(NativeMethods.SetTimesAt(directory, name, modified.ToTimes(), LibC.AT_SYMLINK_NOFOLLOW), "time", path);
        }
    }

    private static void Check(int result, string what, string path)
    {
        if (result != 0)
        {
            throw new NoOutputException(
                $"cannot set the {what} of {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }
}
