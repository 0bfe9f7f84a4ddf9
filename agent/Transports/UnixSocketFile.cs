using System.Net.Sockets;
using GuestAgent.Linux;
using GuestAgent.Settings;

namespace GuestAgent.Transports;

/// <summary>Binds a Unix socket in the file system: over a stale one, never over a living one, and private from the start.</summary>
internal static class UnixSocketFile
{
    /// <summary>A bound socket for Kestrel to listen on.</summary>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public static Socket Bind(UnixListenerSettings settings)
    {
        string path = settings.Path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using (new FileCreationMask(0x7F /* 0177 */))
            {
                socket.Bind(new UnixDomainSocketEndPoint(path));
            }

            File.SetUnixFileMode(path, (UnixFileMode)SettingsCheck.ParseMode(settings.Mode)!.Value);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && !IsRegularFile(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException($"{path} exists and is not a socket");
        }

        throw new IOException($"{path} is served by another process");
    }

    private static bool IsRegularFile(string path) =>
        (File.GetAttributes(path) & (FileAttributes.Normal | FileAttributes.Directory)) != 0
        && new FileInfo(path).Length > 0;
}
