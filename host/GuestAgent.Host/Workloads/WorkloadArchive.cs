using System.Formats.Tar;
using System.IO.Compression;

namespace GuestAgent.Host.Workloads;

/// <summary>Packs programs.</summary>
public static class WorkloadArchive
{
    /// <summary>Packs the files and directories below a directory, for <see cref="WorkloadRequest.Archive"/>.</summary>
    /// <param name="directory">The directory; links in it are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static async Task<ReadOnlyMemory<byte>> PackAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        using var packed = new MemoryStream();
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
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string path in Directory.EnumerateFiles(directory, "*", all).Order(StringComparer.Ordinal))
        {
            await tar.WriteEntryAsync(path, Path.GetRelativePath(directory, path), cancellationToken).ConfigureAwait(false);
        }
    }
}
