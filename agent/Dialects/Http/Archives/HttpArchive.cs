using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Archives;

/// <summary>
/// A directory with all that is in it as a tar archive, made while it is sent: <c>file_list</c> of each directory, <c>file_read</c> of
/// each file. Links are told of and not followed; devices, pipes and sockets are left out.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="host">Whose it is.</param>
internal sealed class HttpArchive(HttpContext context, HttpHost host)
{
    private const string MediaType = "application/x-tar";
    private const int PageEntries = 1000;

    // What is behind a directory is listed again: no more than is soon used.
    private const int PageEntriesBehindDirectory = 64;

    /// <summary>Whether the request wants an archive.</summary>
    public static bool IsWanted(HttpContext context)
    {
        foreach (string? accept in context.Request.Headers.Accept)
        {
            foreach (string part in (accept ?? "").Split(','))
            {
                if (part.Split(';')[0].Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Sends it.</summary>
    /// <param name="path">The directory.</param>
    public async Task SendAsync(string path)
    {
        string? listed;
        using (HttpAnswer answer = await ListAsync(path, after: null, limit: 1))
        {
            if (answer.Result is not FileListResult first)
            {
                await HttpReply.FailAsync(context, answer.Failure!);
                return;
            }

            listed = first.File;
        }

        context.Response.ContentType = MediaType;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.StartAsync(context.RequestAborted);
        try
        {
            await SendEntriesAsync(path.TrimEnd('/'), "", listed);
            // The end of an archive.
            await context.Response.BodyWriter.WriteAsync(new byte[2 * TarHeaders.BlockBytes], context.RequestAborted);
        }
        catch (OperationException)
        {
            // The host sees that there is no end; the audit has what was refused.
            context.Abort();
        }
    }

    // Of each directory that is open, no more is kept than the name that was last: who made them may have made them large and deep.
    private async Task SendEntriesAsync(string path, string prefix, string? listed)
    {
        (string? after, int limit, bool more) = (null, PageEntries, true);
        while (more)
        {
            (FileEntry? directory, after, more) = await SendPageAsync(path, prefix, listed, after, limit);
            limit = PageEntries;
            if (directory is not null)
            {
                await SendEntriesAsync($"{path}/{directory.Name}", $"{prefix}{directory.Name}/", directory.File);
                limit = PageEntriesBehindDirectory;
            }
        }
    }

    // Up to the first directory.
    private async Task<(FileEntry? Directory, string? Last, bool More)> SendPageAsync(
        string path, string prefix, string? listed, string? after, int limit)
    {
        using HttpAnswer answer = await ListAsync(path, after, limit);
        if (answer.Result is not FileListResult page)
        {
            // One that is gone since it was listed is left out, as by tar(1).
            return after is null && prefix.Length > 0 && answer.Failure!.Code == ErrorCode.NotFound ? default : throw Failed(answer);
        }

        if (page.File != listed)
        {
            throw Exchanged();
        }

        foreach (FileEntry one in page.Entries)
        {
            await SendEntryAsync(path, prefix, one);
            if (one.Type == FileType.Directory)
            {
                return (one, one.Name, true);
            }
        }

        return (null, page.Entries is [.., { } last] ? last.Name : after, page.More);
    }

    private async Task SendEntryAsync(string path, string prefix, FileEntry entry)
    {
        if (entry.NameBase64 is not null)
        {
            throw new OperationException(ErrorCode.NotSupported, "A name that is not UTF-8 cannot be asked for.");
        }

        string inside = $"{path}/{entry.Name}";
        var item = new TarItem(
            prefix + entry.Name,
            '0',
            0,
            Convert.ToUInt32(entry.Permissions, 8),
            entry.UserId,
            entry.GroupId,
            (long)Math.Floor(entry.ModifiedMs / 1000.0));
        switch (entry.Type)
        {
            case FileType.File:
                await SendFileAsync(inside, item, entry.File);
                break;
            case FileType.Directory:
                await WriteAsync(item with { Name = item.Name + "/", Type = '5' });
                break;
            case FileType.Symlink when entry.LinkTarget is { } target:
                await WriteAsync(item with { Type = '2', LinkTarget = target });
                break;
        }
    }

    private async Task SendFileAsync(string path, TarItem item, string? listed)
    {
        var file = new TarFile(context.Response, item, listed);
        using HttpAnswer answer =
            await HttpRequest.CallAsync(context, host, FileRead.Contract.Name, new FileReadRequest(path), file);
        if (file.Size is { } size && answer.Failure is null)
        {
            await context.Response.BodyWriter.WriteAsync(new byte[TarHeaders.Padding(size)], context.RequestAborted);
        }
        else if (file.Size is not null || answer.Failure!.Code != ErrorCode.NotFound)
        {
            // One that is gone since it was listed is left out, as by tar(1).
            throw Failed(answer);
        }
    }

    private async Task WriteAsync(TarItem item) =>
        await context.Response.BodyWriter.WriteAsync(TarHeaders.Write(item), context.RequestAborted);

    private Task<HttpAnswer> ListAsync(string path, string? after, int limit) => HttpRequest.CallAsync(
        context, host, FileList.Contract.Name, new FileListRequest(path, limit, after, Hidden: true));

    // Each entry is asked for by its path again, which may lead through a link by then: to what belongs to another.
    private static OperationException Exchanged() =>
        new(ErrorCode.Conflict, "An entry is another file than was listed.", new ErrorDetail("exchanged", "path"));

    private static OperationException Failed(HttpAnswer answer) =>
        new(answer.Failure!.Code, answer.Failure.Message, answer.Failure.Detail);
}
