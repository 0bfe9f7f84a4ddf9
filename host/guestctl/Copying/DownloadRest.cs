using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Hashing;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Finds out what is still to be copied to a file that a killed copy has left.</summary>
internal static class DownloadRest
{
    private const int PieceBytes = 128 * 1024;

    /// <summary>
    /// The rest: behind what is there already, if that is the beginning of the guest's file, as both hashes say; else all, and what is
    /// there is dropped.
    /// </summary>
    /// <param name="guest">The guest.</param>
    /// <param name="source">The file there.</param>
    /// <param name="content">What is here; stands behind it afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">There is no answer, or the guest refuses.</exception>
    /// <exception cref="IOException">What is here cannot be read or cut off.</exception>
    public static async Task<DownloadOptions> FindAsync(
        GuestClient guest, string source, FileStream content, CancellationToken cancellationToken)
    {
        var all = new DownloadOptions { Sparse = true };
        long length = content.Length;
        if (length == 0)
        {
            return all;
        }

        bool inBlocks = guest.Agent.Capabilities.Contains(FileRead.SparseFiles);
        FileHashResult? there = await HashThereAsync(guest, new FileHashRequest(source, 0, length, inBlocks), cancellationToken);
        if (there?.SizeBytes == length && there.Sha256 == HashHere(content, length, inBlocks, cancellationToken))
        {
            content.Position = length;
            return all with { Offset = length, Version = there.Version };
        }

        content.SetLength(0);
        content.Position = 0;
        return all;
    }

    // A guest may let files be read and refuse this: then nothing is known of it.
    private static async Task<FileHashResult?> HashThereAsync(
        GuestClient guest, FileHashRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await guest.CallAsync(FileHash.Contract, request, cancellationToken);
        }
        catch (GuestAgentException e) when (e.Code is ErrorCode.PermissionDenied or ErrorCode.UnknownOperation)
        {
            return null;
        }
    }

    private static string HashHere(FileStream content, long length, bool inBlocks, CancellationToken cancellationToken)
    {
        using var hash = new ContentHash(inBlocks);
        byte[] piece = new byte[PieceBytes];
        while (hash.Length < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int most = (int)Math.Min(piece.Length, length - hash.Length);
            int count = RandomAccess.Read(content.SafeFileHandle, piece.AsSpan(0, most), hash.Length);
            if (count == 0)
            {
                break;
            }

            hash.Add(piece.AsSpan(0, count));
        }

        return hash.FinishText();
    }
}
