using System.Text;
using GuestAgent.Linux;

namespace GuestAgent.Storage;

/// <summary>One line of /proc/self/mountinfo. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html</summary>
/// <param name="Id">Its number.</param>
/// <param name="ParentId">The mount that it is mounted on.</param>
/// <param name="Device">Number of the device, <c>major:minor</c>: the same for all mounts of one file system.</param>
/// <param name="IsWhole">Whether the root of the file system is mounted, not a directory of it.</param>
/// <param name="MountPoint">Where.</param>
/// <param name="IsReadOnly">Whether nothing can be written by way of it.</param>
/// <param name="Type">Kind of file system.</param>
/// <param name="Source">What is mounted.</param>
internal sealed record MountEntry(
    int Id, int ParentId, string Device, bool IsWhole, string MountPoint, bool IsReadOnly, string Type, string Source)
{
    /// <summary>Whether it waits for a server or a program, which may be gone: everything but a disk of the guest's own.</summary>
    public bool MayHang =>
        Type.StartsWith("fuse", StringComparison.Ordinal)
        || (Device.StartsWith("0:", StringComparison.Ordinal) && Type is not ("btrfs" or "zfs" or "bcachefs" or "overlay"));

    /// <summary>Null for what is no line of that file.</summary>
    public static MountEntry? TryParse(ReadOnlySpan<byte> line)
    {
        FieldReader fields = new(line);
        long id = fields.NextNumber();
        long parent = fields.NextNumber();
        string device = Text(fields.Next());
        bool isWhole = fields.Next().SequenceEqual("/"u8);
        string mountPoint = Text(fields.Next());
        bool isReadOnly = HasOption(fields.Next(), "ro"u8);

        // Any number of optional fields, then a lone dash.
        while (true)
        {
            ReadOnlySpan<byte> field = fields.Next();
            if (field.IsEmpty)
            {
                return null;
            }

            if (field.SequenceEqual("-"u8))
            {
                break;
            }
        }

        string type = Text(fields.Next());
        string source = Text(fields.Next());
        isReadOnly |= HasOption(fields.Next(), "ro"u8);
        return type.Length > 0 && mountPoint.StartsWith('/')
            ? new MountEntry((int)id, (int)parent, device, isWhole, mountPoint, isReadOnly, type, source)
            : null;
    }

    /// <summary>Whether <paramref name="path"/> is this mount point or lies below it.</summary>
    public bool Covers(string path) =>
        MountPoint == "/"
        || (path.StartsWith(MountPoint, StringComparison.Ordinal)
            && (path.Length == MountPoint.Length || path[MountPoint.Length] == '/'));

    private static bool HasOption(ReadOnlySpan<byte> options, ReadOnlySpan<byte> option)
    {
        foreach (Range range in options.Split((byte)','))
        {
            if (options[range].SequenceEqual(option))
            {
                return true;
            }
        }

        return false;
    }

    // Blank, tab, line end and backslash are three octal digits behind a backslash.
    private static string Text(ReadOnlySpan<byte> field)
    {
        Span<byte> bytes = field.Length <= 512 ? stackalloc byte[field.Length] : new byte[field.Length];
        int length = 0;
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && IsOctal(field[i + 1]) && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                bytes[length++] = (byte)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0'));
                i += 3;
            }
            else
            {
                bytes[length++] = field[i];
            }
        }

        return Encoding.UTF8.GetString(bytes[..length]);
    }

    private static bool IsOctal(byte digit) => digit is >= (byte)'0' and <= (byte)'7';
}
