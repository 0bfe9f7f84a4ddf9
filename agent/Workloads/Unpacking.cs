using System.Text;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// Unpacks a gzipped tar archive as <c>tar xzf</c> does, or refuses it. Symbolic links are made with the text that they have, and
/// nothing here follows one: what an archive has behind a link refuses it.
/// </summary>
internal static class Unpacking
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Unpacks.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="tree">Where.</param>
    /// <param name="grant">The bounds.</param>
    /// <param name="cancellationToken">Gives up at once.</param>
    /// <exception cref="OperationException">It is refused; part of it may have been unpacked.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file, or damaged; part of it may have been unpacked.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void Run(
        ReadOnlyMemory<byte> archive, UnpackedTree tree, WorkloadGrant grant, CancellationToken cancellationToken)
    {
        using var unpacked = new GzipReader(archive, cancellationToken);
        var reader = new TarReader(unpacked, grant.MaxFiles, grant.MaxUnpackedBytes);
        byte[] buffer = new byte[BufferBytes];
        while (reader.Next() is { } entry)
        {
            FileName[] path = Names(entry);
            switch (entry.Kind)
            {
                case TarKind.Directory:
                    tree.MakeDirectory(path);
                    break;
                case TarKind.File when path.Length > 0:
                    using (SafeFileHandle file = tree.MakeFile(path, entry.IsExecutable))
                    {
                        Fill(file, entry, reader, buffer);
                    }

                    break;
                case TarKind.SymbolicLink when path.Length > 0:
                    tree.MakeSymbolicLink(path, CheckedTarget(entry));
                    break;
                case TarKind.HardLink when path.Length > 0:
                    tree.MakeHardLink(path, TargetNames(entry));
                    break;
                default:
                    throw OperationException.InvalidParameter(
                        ArchiveFault.Field, $"{Text(entry.Name)} is no file, directory or link.", "archive");
            }
        }
    }

    // A name that ends in a dot is a directory's, for the kernel.
    private static FileName[] Names(TarEntry entry) =>
        entry.Kind != TarKind.Directory && entry.Name.AsSpan().TrimEnd((byte)'/').EndsWith("/."u8)
            ? throw ArchiveFault.Malformed($"has {Text(entry.Name)}, which is a directory's name, as something else")
            : WorkloadPath.Names(entry.Name, ArchiveFault.Field);

    private static byte[] CheckedTarget(TarEntry entry) => entry.LinkName.Length switch
    {
        0 => throw ArchiveFault.Malformed($"has {Text(entry.Name)} as a link to nothing"),
        > WorkloadPath.MaxPathBytes => throw ArchiveFault.TooLarge(
            $"bytes in what {Text(entry.Name)} is a link to", WorkloadPath.MaxPathBytes),
        _ => entry.LinkName,
    };

    private static FileName[] TargetNames(TarEntry entry) =>
        entry.LinkName is [.., (byte)'/'] or [(byte)'.'] or [.., (byte)'/', (byte)'.']
            ? throw ArchiveFault.Malformed($"has {Text(entry.Name)} as a hard link to {Text(entry.LinkName)}, which is a directory")
            : WorkloadPath.Names(entry.LinkName, ArchiveFault.Field);

    private static void Fill(SafeFileHandle file, TarEntry entry, TarReader reader, byte[] buffer)
    {
        long written = 0;
        foreach (TarExtent extent in entry.Extents)
        {
            long end = extent.Offset + extent.Length;
            for (long at = extent.Offset; at < end; written = at)
            {
                int count = reader.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                file.WriteAt(buffer.AsSpan(0, count), at);
                at += count;
            }
        }

        // A file may end with zeros that are nowhere.
        if (written < entry.Size && file.TryTruncate(entry.Size) is not 0 and var errno)
        {
            throw new LinuxException("truncate", errno);
        }
    }

    private static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}
