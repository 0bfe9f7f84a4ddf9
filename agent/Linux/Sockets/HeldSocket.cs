using System.Globalization;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>Unix sockets by what is held open, in place of a path that may come to lead elsewhere. See proc_pid_fd(5).</summary>
internal static class HeldSocket
{
    // rw-------
    private const uint OwnerOnly = 0x180;

    /// <summary>Connects to the socket file that is held.</summary>
    /// <param name="target">Opened with O_PATH.</param>
    /// <exception cref="LinuxException">As <see cref="UnixSocket.Connect"/>.</exception>
    public static SafeFileHandle Connect(SafeFileHandle target)
    {
        bool held = false;
        try
        {
            target.DangerousAddRef(ref held);
            return UnixSocket.Connect(ProcDescriptor.NameOf((int)target.DangerousGetHandle()));
        }
        finally
        {
            if (held)
            {
                target.DangerousRelease();
            }
        }
    }

    /// <summary>Makes a socket file in the directory that is held, for its owner alone from the beginning, and listens.</summary>
    /// <param name="directory">Opened with O_PATH.</param>
    /// <param name="name">Its name there, which must be free.</param>
    /// <exception cref="LinuxException">EADDRINUSE: the name is taken.</exception>
    public static SafeFileHandle Listen(SafeFileHandle directory, FileName name)
    {
        bool held = false;
        try
        {
            directory.DangerousAddRef(ref held);
            string path = string.Create(
                CultureInfo.InvariantCulture, $"{ProcDescriptor.NameOf((int)directory.DangerousGetHandle())}/{name}");
            SafeFileHandle socket = UnixSocket.Bind(path, OwnerOnly);
            try
            {
                UnixSocket.Listen(socket);
                return socket;
            }
            catch
            {
                socket.Dispose();
                _ = directory.TryRemove(name, isDirectory: false);
                throw;
            }
        }
        finally
        {
            if (held)
            {
                directory.DangerousRelease();
            }
        }
    }
}
