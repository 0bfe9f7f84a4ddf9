using System.Text;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Sockets;

/// <summary>
/// An address of unix(7) as the kernel takes it: the family, then a path that ends in NUL, or a NUL and a name in the
/// abstract namespace.
/// </summary>
internal readonly struct UnixAddress
{
    // sizeof(sockaddr_un.sun_path)
    private const int MostPathBytes = 108;

    private readonly byte[] _bytes;

    private UnixAddress(byte[] bytes) => _bytes = bytes;

    /// <summary>The structure, in as many bytes as count.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The address of a path.</summary>
    /// <exception cref="LinuxException">ENAMETOOLONG: it is longer than 107 bytes.</exception>
    public static UnixAddress OfPath(string path) => Of(path, path + "\0");

    /// <summary>The address of a name in the abstract namespace.</summary>
    /// <exception cref="LinuxException">ENAMETOOLONG: it is longer than 107 bytes.</exception>
    public static UnixAddress OfAbstractName(string name) => Of(name, "\0" + name);

    private static UnixAddress Of(string name, string path)
    {
        byte[] bytes = [0, 0, .. Encoding.UTF8.GetBytes(path)];
        if (bytes.Length > sizeof(ushort) + MostPathBytes)
        {
            throw new LinuxException(name, Errno.ENAMETOOLONG);
        }

        BitConverter.TryWriteBytes(bytes, (ushort)LibC.AF_UNIX);
        return new UnixAddress(bytes);
    }
}
