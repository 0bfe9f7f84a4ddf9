using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Adds to the end of a file. Not atomic: a crash may leave a part of what was to be added.</summary>
internal static class Appending
{
    /// <summary>Opens a file to add to it; null when there is none.</summary>
    /// <exception cref="LinuxException">The agent may not.</exception>
    /// <exception cref="OperationException">It is not a regular file.</exception>
    public static SafeFileHandle? Open(SafeFileHandle directory, FileName name)
    {
        // Neither waits for the other end of a pipe nor takes a terminal.
        int errno = directory.TryOpen(
            name, LibC.O_WRONLY | LibC.O_APPEND | LibC.O_NONBLOCK | LibC.O_NOCTTY, 0, out SafeFileHandle file);
        if (errno == 0 && FileStatus.Of(file).IsRegularFile)
        {
            return file;
        }

        file.Dispose();
        return errno switch
        {
            Errno.ENOENT => null,
            // ENXIO: a pipe that nobody reads, or a socket.
            0 or Errno.ENXIO => throw new OperationException(
                ErrorCode.Conflict, $"{name} is not a regular file.", new ErrorDetail("file", "path")),
            _ => throw new LinuxException("open", errno),
        };
    }

    /// <summary>Adds bytes. When not all of them find room, those that did are taken away again.</summary>
    /// <exception cref="LinuxException">They could not be written.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        long size = FileStatus.Of(file).SizeBytes;
        try
        {
            file.WriteAll(bytes);
        }
        catch (LinuxException)
        {
            // Unless somebody else has added to it as well.
            if (FileStatus.Of(file).SizeBytes < size + bytes.Length)
            {
                _ = file.TryTruncate(size);
            }

            throw;
        }
    }
}
