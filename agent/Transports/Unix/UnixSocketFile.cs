using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using GuestAgent.Settings;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports.Unix;

/// <summary>Binds a Unix socket in the file system: over a stale one, never over anything else, and private from the start.</summary>
internal static class UnixSocketFile
{
    private const uint DirectoryMode = 0x1ED; // 0755
    private const ushort AllButOwner = 0x7F; // 0177

    /// <summary>A socket that listens, not blocking.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public static SafeFileHandle Listen(UnixListenerSettings settings)
    {
        string path = settings.Path;
        MakeDirectory(Path.GetDirectoryName(path)!);
        RemoveStale(path);
        SafeFileHandle socket;
        using (new FileCreationMask(AllButOwner))
        {
            socket = UnixSocket.Bind(path);
        }

        try
        {
            File.SetUnixFileMode(path, (UnixFileMode)SettingsCheck.ParseMode(settings.Mode)!.Value);
            UnixSocket.Listen(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file of a socket that is about to be closed; one that cannot be is stale, and replaced as such.</summary>
    public static void Remove(UnixListenerSettings settings)
    {
        try
        {
            File.Delete(settings.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system that has become read-only, or a directory that is gone.
            return;
        }
    }

    private static void MakeDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        MakeDirectory(Path.GetDirectoryName(path)!);
        if (NativeMethods.mkdir(path, DirectoryMode) < 0 && !Directory.Exists(path))
        {
            throw LinuxException.FromLastError("mkdir " + path);
        }
    }

    private static void RemoveStale(string path)
    {
        if (FileStatus.At(path) is not { } found)
        {
            return;
        }

        if (!found.IsSocket)
        {
            throw new IOException($"{path} exists and is not a socket");
        }

        if (UnixSocket.IsServed(path))
        {
            throw new IOException($"{path} is served by another process");
        }

        // Nobody listens behind it any more.
        File.Delete(path);
    }
}
