using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Lists a directory, page by page.</summary>
internal sealed class FileListOperation(AccountDatabase accounts) : IOperation<FileListRequest, ReadGrant, FileListResult>
{
    private const int MaxLimit = 10_000;

    // A name, its entry and its part of the answer.
    private const int EntryBytes = 512;

    // Entries described between two turns of everything else.
    private const int EntriesAtOnce = 256;

    /// <inheritdoc/>
    public async ValueTask<FileListResult> ExecuteAsync(
        FileListRequest request, ReadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > MaxLimit)
        {
            throw OperationException.InvalidParameter("limit", $"A page has 1 to {MaxLimit} entries.", "range");
        }

        ReadOnlyMemory<byte> after = After(request);
        int counted = 0;
        while (true)
        {
            var page = new NamePage(request.Limit, after, request.Hidden);
            using SafeFileHandle directory = OpenDirectory.ForReading(grant.Target, grant.Path);
            counted = await ReadNamesAsync(directory, page, counted, context, cancellationToken);
            FileName[] names = page.Sorted();
            var listing = new DirectoryListing(directory, new OwnerNames(accounts));
            bool isFull = await DescribeAsync(names, listing, cancellationToken);
            if (listing.Entries.Count > 0 || !page.More)
            {
                return new FileListResult(grant.Path.ToString(), listing.Entries, isFull || page.More)
                {
                    File = FileStatus.Of(directory).Identity,
                };
            }

            // All have gone since their names were read. Behind a page without entries the host could not go on.
            after = names[^1].Bytes.ToArray();
        }
    }

    // What was counted for a page before is there for this one.
    private static async Task<int> ReadNamesAsync(
        SafeFileHandle directory, NamePage page, int counted, CallContext context, CancellationToken cancellationToken)
    {
        using var reader = new DirectoryReader(directory);
        while (reader.Fetch())
        {
            while (reader.TryTake(out ReadOnlySpan<byte> name))
            {
                page.Add(name);
            }

            if (page.Count > counted)
            {
                context.Memory?.Take((long)(page.Count - counted) * EntryBytes);
                counted = page.Count;
            }

            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return counted;
    }

    private static async Task<bool> DescribeAsync(FileName[] names, DirectoryListing listing, CancellationToken cancellationToken)
    {
        foreach ((int index, FileName name) in names.Index())
        {
            if (!listing.Add(name))
            {
                return true;
            }

            if ((index + 1) % EntriesAtOnce == 0)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return false;
    }

    private static ReadOnlyMemory<byte> After(FileListRequest request)
    {
        if (request.AfterBase64 is not { } base64)
        {
            return Encoding.UTF8.GetBytes(request.After ?? "");
        }

        byte[] bytes = new byte[base64.Length];
        return request.After is null && Convert.TryFromBase64String(base64, bytes, out int length)
            ? bytes.AsMemory(0, length)
            : throw OperationException.InvalidParameter(
                "after_base64", "This is not base64, or there is an after as well.", "base64");
    }
}
