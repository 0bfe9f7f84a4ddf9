using System.Net.Sockets;
using GuestAgent.Linux;
using GuestAgent.Settings;

namespace GuestAgent.Transports;

/// <summary>Binds a Unix socket in the file system: over a stale one, never over anything else, and private from the start.</summary>
internal static class UnixSocketFile
{
    private const uint DirectoryMode = 0x1ED; // 0755
    private const uint AllButOwner = 0x7F; // 0177

    /// <summary>A bound socket to listen on.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public static Socket Bind(UnixListenerSettings settings)
    {
        string path = settings.Path;
        MakeDirectory(Path.GetDirectoryName(path)!);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using (new FileCreationMask(AllButOwner))
            {
                socket.Bind(new UnixDomainSocketEndPoint(path));
            }

            File.SetUnixFileMode(path, (UnixFileMode)SettingsCheck.ParseMode(settings.Mode)!.Value);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LinuxException("bind " + path, e.NativeErrorCode);
        }
    }

    private static void MakeDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        MakeDirectory(Path.GetDirectoryName(path)!);
        if (LibC.mkdir(path, DirectoryMode) < 0 && !Directory.Exists(path))
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

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Nobody listens behind it any more.
            File.Delete(path);
            return;
        }

        throw new IOException($"{path} is served by another process");
    }
}
