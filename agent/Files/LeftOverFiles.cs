using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Removes the temporary files and directories that agents which were killed, or whose guest crashed, have left.</summary>
internal sealed unsafe partial class LeftOverFiles(string stateDirectory, ILogger logger)
{
    // Where a file is on a file system that does not answer, the agent must start all the same.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Removes them; goes on in the background when that takes long.</summary>
    public void Remove()
    {
        string parent = Path.Combine(stateDirectory, TemporaryNames.Folder);
        if (Directory.Exists(parent))
        {
            Task.Run(() => RemoveAll(parent)).Wait(Patience);
        }
    }

    private void RemoveAll(string parent)
    {
        try
        {
            foreach (string records in Directory.GetDirectories(parent))
            {
                RemoveRecorded(records);
            }
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            Kept(parent, (e as LinuxException)?.Message ?? "cannot be read");
        }
    }

    private void RemoveRecorded(string records)
    {
        using SafeFileHandle directory =
            NativeMethods.open(records, LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0).OrThrow(records);
        if (NativeMethods.flock(directory, NativeMethods.LOCK_EX | NativeMethods.LOCK_NB) != 0)
        {
            // That agent is alive.
            return;
        }

        bool empty = true;
        foreach (string record in Directory.GetFileSystemEntries(records))
        {
            var name = new FileName(Encoding.UTF8.GetBytes(Path.GetFileName(record)));
            int errno = directory.TryOpen(name, LibC.O_PATH, 0, out SafeFileHandle link);
            using (link)
            {
                // Whoever could make links here could make the agent remove files; but none of another name.
                if (errno == 0 && link.ReadLink() is { } target && target.AsSpan().EndsWith((byte[])[(byte)'/', .. name.Bytes]))
                {
                    errno = TemporaryName.IsOurs(name.Bytes) ? Unlink(target)
                        : TemporaryName.IsOfProgram(name.Bytes) ? Errno.EISDIR
                        : 0;
                    errno = errno == Errno.EISDIR ? RemoveDirectory(target, name) : errno;
                }
            }

            if (errno is 0 or Errno.ENOENT or Errno.ENOTDIR)
            {
                _ = directory.TryRemove(name, isDirectory: false);
            }
            else
            {
                Kept(record, Errno.Describe(errno));
                empty = false;
            }
        }

        if (empty)
        {
            Directory.Delete(records);
        }
    }

    private int Unlink(byte[] path)
    {
        fixed (byte* pinned = (byte[])[.. path, 0])
        {
            // SAFETY: the path ends with a NUL.
            if (LibC.unlink(pinned) != 0)
            {
                return System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            }
        }

        Removed(Encoding.UTF8.GetString(path));
        return 0;
    }

    private int RemoveDirectory(byte[] path, FileName name)
    {
        int errno = LeftOverDirectory.TryRemove(path, name);
        if (errno == 0)
        {
            Removed(Encoding.UTF8.GetString(path));
        }

        return errno;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "removed what a former agent has left: {Path}")]
    private partial void Removed(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "temporary files of a former agent stay: {Path}: {Reason}")]
    private partial void Kept(string path, string reason);
}
