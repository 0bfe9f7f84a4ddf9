using System.Formats.Tar;
using System.IO.Compression;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Host.Workloads;

/// <summary>Packs programs.</summary>
public static class WorkloadArchive
{
    /// <summary>The longest archive, which in base64 leaves no room for anything else in a request.</summary>
    public const int MaxBytes = WorkloadWire.MaxFrameBytes / 4 * 3;

    /// <summary>Packs the files and directories below a directory, for <see cref="WorkloadRequest.Archive"/>.</summary>
    /// <param name="directory">The directory; links in it are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">The archive would be longer than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="ArgumentException">A name in it is not UTF-8.</exception>
    /// <exception cref="IOException">Something cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Something may not be read.</exception>
    public static async Task<ReadOnlyMemory<byte>> PackAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        using var packed = new BoundedMemory(MaxBytes);
        var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
            await using (tar.ConfigureAwait(false))
            {
                await AddAsync(tar, directory, cancellationToken).ConfigureAwait(false);
            }
        }

        return packed.ToArray();
    }

    private static async Task AddAsync(TarWriter tar, string directory, CancellationToken cancellationToken)
    {
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        string? last = null;
        foreach (string path in Directory.EnumerateFileSystemEntries(directory, "*", all).Order(StringComparer.Ordinal))
        {
            // What is not UTF-8 in a name is U+FFFD here, and either nothing has that name or another file, which then comes twice.
            if (path.Contains('\uFFFD', StringComparison.Ordinal) && (path == last || !Path.Exists(path)))
            {
                throw new ArgumentException($"The name of {path} is not UTF-8.", nameof(directory));
            }

            last = path;
            await tar.WriteEntryAsync(path, Path.GetRelativePath(directory, path), cancellationToken).ConfigureAwait(false);
        }
    }
}
