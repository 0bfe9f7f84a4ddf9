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

        var page = new NamePage(request.Limit, After(request), request.Hidden);
        using SafeFileHandle directory = OpenDirectory.ForReading(grant.Target, grant.Path);
        int counted = 0;
        using (var reader = new DirectoryReader(directory))
        {
            while (reader.Fetch())
            {
                while (reader.TryTake(out ReadOnlySpan<byte> name))
                {
                    page.Add(name);
                }

                context.Memory?.Take((long)(page.Count - counted) * EntryBytes);
                counted = page.Count;
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        var listing = new DirectoryListing(directory, new OwnerNames(accounts));
        foreach ((int index, FileName name) in page.Sorted().Index())
        {
            if (!listing.Add(name))
            {
                return new FileListResult(grant.Path.ToString(), listing.Entries, More: true);
            }

            if ((index + 1) % EntriesAtOnce == 0)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return new FileListResult(grant.Path.ToString(), listing.Entries, page.More);
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
