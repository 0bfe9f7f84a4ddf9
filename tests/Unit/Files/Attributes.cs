using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Unit.Files;

/// <summary>Extended attributes of files by their paths, as setfattr(1), setfacl(1) and setcap(8) set them.</summary>
internal static unsafe partial class Attributes
{
    public const string AccessListName = "system.posix_acl_access";
    public const string DefaultListName = "system.posix_acl_default";

    private const uint NamedUser = 1234;
    private const uint Nobody = uint.MaxValue;

    /// <summary>CAP_NET_RAW, permitted and effective: include/uapi/linux/capability.h, VFS_CAP_REVISION_2.</summary>
    public static byte[] NetRawCapability { get; } = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>An access list with one named user: include/uapi/linux/posix_acl_xattr.h.</summary>
    public static byte[] AccessList(ushort owner, ushort user, ushort group, ushort mask, ushort others)
    {
        (ushort Tag, ushort Permissions, uint Id)[] entries =
            [(1, owner, Nobody), (2, user, NamedUser), (4, group, Nobody), (16, mask, Nobody), (32, others, Nobody)];
        byte[] list = new byte[4 + (8 * entries.Length)];
        list[0] = 2;
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> entry = list.AsSpan(4 + (8 * i), 8);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Id);
        }

        return list;
    }

    public static void Set(string path, string name, byte[] value)
    {
        if (setxattr(path, name, value, (nuint)value.Length, 0) != 0)
        {
            throw new IOException($"setxattr {name}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Its value; null when the file has none.</summary>
    public static byte[]? Get(string path, string name)
    {
        byte[] value = new byte[65536];
        nint length = getxattr(path, name, value, (nuint)value.Length);
        const int ENODATA = 61;
        return length >= 0 ? value[..(int)length]
            : Marshal.GetLastPInvokeError() == ENODATA ? null
            : throw new IOException($"getxattr {name}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setxattr(string path, string name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint getxattr(string path, string name, byte[] value, nuint size);
}
