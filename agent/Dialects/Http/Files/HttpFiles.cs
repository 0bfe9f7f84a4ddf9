using System.Text.Json;
using GuestAgent.Contracts.Files;
using GuestAgent.Dialects.Http.Archives;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>
/// Files and directories as resources: <c>/v1/files?path=…</c>. Each method is one or some of the operations, which alone open
/// anything.
/// </summary>
internal static class HttpFiles
{
    private const string Path = "path";

    /// <summary>Serves a request.</summary>
    public static async Task ServeAsync(HttpContext context, HttpHost host)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get, HttpMethods.Head, HttpMethods.Put, HttpMethods.Delete))
        {
            return;
        }

        var query = HttpQuery.Of(context);
        try
        {
            await (context.Request.Method switch
            {
                "PUT" => HttpUploads.PutAsync(context, host, query),
                "DELETE" => DeleteAsync(context, host, query),
                _ => GetAsync(context, host, query),
            });
        }
        catch (OperationException e) when (e.Code == ErrorCode.Conflict && !context.Response.HasStarted)
        {
            await FailAsync(context, Failure.From(e));
        }
    }

    /// <summary>Answers a failure; one of a precondition has a status of its own.</summary>
    public static Task FailAsync(HttpContext context, Failure failure) => failure.Detail?.Rule == "if_versions"
        ? HttpReply.SendFailureAsync(context, StatusCodes.Status412PreconditionFailed, failure)
        : HttpReply.FailAsync(context, failure);

    /// <summary>Writes what <c>If-Match</c> and <c>If-None-Match</c> say as the parameter <c>if_versions</c>.</summary>
    public static void WriteCondition(HttpContext context, Utf8JsonWriter json)
    {
        IHeaderDictionary headers = context.Request.Headers;
        var match = EntityTags.Read(headers.IfMatch, "If-Match");
        var none = EntityTags.Read(headers.IfNoneMatch, "If-None-Match");
        if (match is not null && none is not null)
        {
            throw new BadHttpRequestException("If-Match and If-None-Match cannot both be fulfilled.");
        }

        if (none is { IsAny: false })
        {
            throw new OperationException(
                ErrorCode.NotSupported, "What changes a file takes no If-None-Match but *.", new ErrorDetail("if_versions"));
        }

        if (match is null && none is null)
        {
            return;
        }

        if (match is { IsNever: true })
        {
            // No versions at all would mean that nothing may be there.
            throw new OperationException(
                ErrorCode.Conflict, "The file is not what the request expects.", new ErrorDetail("if_versions", "If-Match"));
        }

        json.WriteStartArray("if_versions"u8);
        foreach (string version in match is { IsAny: true } ? ["*"] : match?.Versions ?? [])
        {
            json.WriteStringValue(version);
        }

        json.WriteEndArray();
    }

    private static async Task GetAsync(HttpContext context, HttpHost host, HttpQuery query)
    {
        if (HttpArchive.IsWanted(context) && query is { Count: 1 } && query[Path] is { } directory)
        {
            await new HttpArchive(context, host).SendAsync(directory);
            return;
        }

        // What has parameters of a list is one, and so is what ends as a directory does.
        if (query.Count > 1 || query[Path] is [.., '/'])
        {
            using HttpAnswer list = await ListAsync(context, host, query);
            await HttpReply.SendAsync(context, list);
            return;
        }

        var download = new HttpDownload(context);
        if (HttpDigest.IsWanted(context.Request.Headers["Want-Repr-Digest"]))
        {
            using HttpAnswer hashed = await HttpRequest.CallAsync(context, host, FileHash.Contract.Name, query.ToParameters());
            download.Digest = hashed.Result is FileHashResult result ? (result.Sha256, result.Version) : null;
        }

        using HttpAnswer answer = await HttpRequest.CallAsync(context, host, FileRead.Contract.Name, query.ToParameters(), download);
        if (download.HasBegun)
        {
            if (answer.Failure is not null)
            {
                // Less than was promised: the host sees that there is no end.
                context.Abort();
            }
        }
        else if (answer.Failure is { Code: ErrorCode.Conflict, Detail.Rule: "file" } noFile)
        {
            using HttpAnswer list = await ListAsync(context, host, query);
            await (list.Failure?.Detail?.Rule == "file" ? HttpReply.FailAsync(context, noFile) : HttpReply.SendAsync(context, list));
        }
        else if (answer.Failure is { } failure)
        {
            await HttpReply.FailAsync(context, failure);
        }
        else if (download.Refusal is { } refusal)
        {
            await HttpReply.SendFailureAsync(context, refusal.Status, refusal.Failure);
        }
    }

    private static Task<HttpAnswer> ListAsync(HttpContext context, HttpHost host, HttpQuery query) =>
        HttpRequest.CallAsync(context, host, FileList.Contract.Name, query.ToParameters());

    private static async Task DeleteAsync(HttpContext context, HttpHost host, HttpQuery query)
    {
        byte[] parameters = query.ToParameters(json => WriteCondition(context, json));
        using HttpAnswer answer = await HttpRequest.CallAsync(context, host, FileDelete.Contract.Name, parameters);
        await (answer.Failure is { } failure ? FailAsync(context, failure) : HttpReply.SendAsync(context, answer));
    }
}
