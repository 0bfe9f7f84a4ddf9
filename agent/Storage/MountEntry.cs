using System.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Storage;

/// <summary>One line of /proc/self/mountinfo. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html</summary>
/// <param name="Id">Its number.</param>
/// <param name="ParentId">The mount that it is mounted on.</param>
/// <param name="Device">Number of the device, <c>major:minor</c>: the same for all mounts of one file system.</param>
/// <param name="IsWhole">Whether the root of the file system, or of a volume of it, is mounted, not a directory below.</param>
/// <param name="MountPoint">Where.</param>
/// <param name="IsReadOnly">Whether nothing can be written by way of it.</param>
/// <param name="Type">Kind of file system.</param>
/// <param name="Source">What is mounted.</param>
internal sealed record MountEntry(
    int Id, int ParentId, string Device, bool IsWhole, string MountPoint, bool IsReadOnly, string Type, string Source)
{
    /// <summary>The path of what is mounted, within the file system.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Which of the volumes of a file system that has several, as btrfs does; empty elsewhere.</summary>
    public string Volume { get; init; } = "";

    /// <summary>Whether the file system itself takes no writes, by whatever mount.</summary>
    public bool IsSystemReadOnly { get; init; }

    /// <summary>Where the agent finds it, which may have its own view of the mounts.</summary>
    public string Path { get; init; } = MountPoint;

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
        string root = Text(fields.Next());
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
        ReadOnlySpan<byte> ofSystem = fields.Next();
        bool isSystemReadOnly = HasOption(ofSystem, "ro"u8);
        string volume = type == "btrfs" ? Text(OptionValue(ofSystem, "subvol="u8)) : "";
        return type.Length > 0 && mountPoint.StartsWith('/')
            ? new MountEntry(
                (int)id,
                (int)parent,
                device,
                root == (volume.Length > 0 ? volume : "/"),
                mountPoint,
                isReadOnly || isSystemReadOnly,
                type,
                source)
            {
                Root = root,
                Volume = volume,
                IsSystemReadOnly = isSystemReadOnly,
            }
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

    private static ReadOnlySpan<byte> OptionValue(ReadOnlySpan<byte> options, ReadOnlySpan<byte> name)
    {
        foreach (Range range in options.Split((byte)','))
        {
            if (options[range].StartsWith(name))
            {
                return options[range][name.Length..];
            }
        }

        return default;
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
