using System.Globalization;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Hashing;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>
/// Files that are sent: in one request, or, where the host says that more will come, in several (the fields and methods of the IETF's
/// draft "Resumable Uploads for HTTP"). Either way it is an upload of the native protocol.
/// </summary>
internal static class HttpUploads
{
    private const string UploadComplete = "Upload-Complete";
    private const string UploadOffset = "Upload-Offset";
    private const string UploadLength = "Upload-Length";
    private const string PartialUpload = "application/partial-upload";
    private const string ReprDigest = "Repr-Digest";
    private const string ContentDigest = "Content-Digest";

    /// <summary>Serves a request for an upload that is under way: <c>/v1/uploads/TOKEN</c>.</summary>
    public static Task ServeAsync(HttpContext context, HttpHost host, string token)
    {
        if (!HttpReply.Allows(context, HttpMethods.Head, HttpMethods.Patch, HttpMethods.Delete))
        {
            return Task.CompletedTask;
        }

        return context.Request.Method switch
        {
            "PATCH" => PatchAsync(context, host, token),
            "DELETE" => CancelAsync(context, host, token),
            _ => TellAsync(context, host, token),
        };
    }

    /// <summary>Writes a file.</summary>
    public static async Task PutAsync(HttpContext context, HttpHost host, HttpQuery query)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (headers.ContentRange.Count > 0)
        {
            throw new BadHttpRequestException("A part of a file cannot be put: Content-Range is not taken.");
        }

        if (headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            throw new BadHttpRequestException("Content-Encoding is not taken.", StatusCodes.Status415UnsupportedMediaType);
        }

        bool isWhole = Complete(headers) ?? true;
        RefuseEarlyDigest(headers, isWhole);
        string? digest = isWhole ? Digest(headers) : null;
        long? size = isWhole ? context.Request.ContentLength : Number(headers, UploadLength);
        byte[] parameters = query.ToParameters(json =>
        {
            if (size is { } bytes)
            {
                json.WriteNumber("size_bytes"u8, bytes);
            }

            HttpFiles.WriteCondition(context, json);
        });
        using HttpAnswer opened = await HttpRequest.CallAsync(context, host, FileUploadOpen.Contract.Name, parameters);
        if (opened.Result is not FileUploadOpenResult upload)
        {
            await HttpFiles.FailAsync(context, opened.Failure!);
        }
        else if (isWhole)
        {
            await PutWholeAsync(context, host, upload.Token, digest);
        }
        else
        {
            context.Response.Headers.Location = "/v1/uploads/" + upload.Token;
            await AddAsync(context, host, upload.Token, 0, isLast: false, StatusCodes.Status201Created);
        }
    }

    private static async Task PutWholeAsync(HttpContext context, HttpHost host, string token, string? digest)
    {
        var pieces = new HttpPieces(context, host, token, null);
        bool isDone = false;
        try
        {
            Failure? failure = await pieces.AddAsync(0);
            if (failure is not null)
            {
                await HttpFiles.FailAsync(context, failure);
                return;
            }

            isDone = await CommitAsync(context, host, token, pieces.Offset, digest);
        }
        finally
        {
            if (!isDone)
            {
                // Nobody else knows its token.
                (await DropAsync(context, host, token)).Dispose();
            }
        }
    }

    private static async Task PatchAsync(HttpContext context, HttpHost host, string token)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (!string.Equals(context.Request.ContentType, PartialUpload, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException($"The content is {PartialUpload}.", StatusCodes.Status415UnsupportedMediaType);
        }

        long offset = Number(headers, UploadOffset) ?? throw new BadHttpRequestException($"{UploadOffset} is missing.");
        bool isLast = Complete(headers) ?? throw new BadHttpRequestException($"{UploadComplete} is missing.");
        RefuseEarlyDigest(headers, isLast);
        await AddAsync(context, host, token, offset, isLast, StatusCodes.Status204NoContent);
    }

    private static async Task AddAsync(HttpContext context, HttpHost host, string token, long offset, bool isLast, int status)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string? whole = isLast ? HttpDigest.Read(headers[ReprDigest], ReprDigest) : null;
        string? part = HttpDigest.Read(headers[ContentDigest], ContentDigest);
        using Sha256? hash = part is null ? null : new Sha256();
        var pieces = new HttpPieces(context, host, token, hash);
        Failure? failure = await pieces.AddAsync(offset);
        if (failure is null && part is not null && hash!.FinishText() != part)
        {
            (await DropAsync(context, host, token)).Dispose();
            failure = new Failure(
                ErrorCode.InvalidParameters, "The content has another SHA-256; the upload is dropped.", new ErrorDetail("sha256", ContentDigest));
        }

        if (failure is { Detail: { Rule: "offset", Limit: { } right } })
        {
            // The draft's word for it, and where to go on.
            SetState(context, right, isComplete: false);
            await HttpReply.SendFailureAsync(context, StatusCodes.Status409Conflict, failure);
        }
        else if (failure is not null)
        {
            await HttpFiles.FailAsync(context, failure);
        }
        else if (isLast)
        {
            await CommitAsync(context, host, token, pieces.Offset, whole);
        }
        else
        {
            SetState(context, pieces.Offset, isComplete: false);
            context.Response.StatusCode = status;
        }
    }

    private static async Task<bool> CommitAsync(HttpContext context, HttpHost host, string token, long size, string? sha256)
    {
        var request = new FileUploadCommitRequest(token, size, sha256 ?? "") { TakesAnyHash = sha256 is null };
        using HttpAnswer answer = await HttpRequest.CallAsync(context, host, FileUploadCommit.Contract.Name, request);
        if (answer.Result is not FileUploadCommitResult done)
        {
            await HttpFiles.FailAsync(context, answer.Failure!);
            return false;
        }

        context.Response.Headers.ETag = EntityTags.Of(done.Version!);
        context.Response.Headers[ReprDigest] = HttpDigest.Write(done.Sha256);
        SetState(context, size, isComplete: true);
        await HttpReply.SendAsync(context, answer, done.HasReplaced ? StatusCodes.Status200OK : StatusCodes.Status201Created);
        return true;
    }

    private static async Task TellAsync(HttpContext context, HttpHost host, string token)
    {
        using HttpAnswer answer =
            await HttpRequest.CallAsync(context, host, FileUploadStatus.Contract.Name, new FileUploadStatusRequest(token));
        if (answer.Result is not FileUploadStatusResult status)
        {
            await HttpReply.FailAsync(context, answer.Failure!);
            return;
        }

        SetState(context, status.Offset, status.State == UploadState.Committed);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task CancelAsync(HttpContext context, HttpHost host, string token)
    {
        using HttpAnswer answer = await DropAsync(context, host, token);
        if (answer.Failure is { } failure)
        {
            await HttpReply.FailAsync(context, failure);
        }
        else if (answer.Result is FileUploadCancelResult { Cancelled: true })
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await HttpReply.FailAsync(context, new Failure(ErrorCode.Conflict, "The file is in its place already, or about to be."));
        }
    }

    private static Task<HttpAnswer> DropAsync(HttpContext context, HttpHost host, string token) =>
        HttpRequest.CallAsync(context, host, FileUploadCancel.Contract.Name, new FileUploadCancelRequest(token));

    private static void SetState(HttpContext context, long offset, bool isComplete)
    {
        context.Response.Headers[UploadOffset] = offset.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[UploadComplete] = isComplete ? "?1" : "?0";
    }

    // Nobody would compare it: a host that wants to be sure must not believe that it is.
    private static void RefuseEarlyDigest(IHeaderDictionary headers, bool isLast)
    {
        if (!isLast && headers[ReprDigest].Count > 0)
        {
            throw new BadHttpRequestException($"{ReprDigest} belongs to the request that completes the upload.");
        }
    }

    // Content and representation are the same here: nothing is encoded, and nothing is left out.
    private static string? Digest(IHeaderDictionary headers)
    {
        string? whole = HttpDigest.Read(headers[ReprDigest], ReprDigest);
        string? content = HttpDigest.Read(headers[ContentDigest], ContentDigest);
        return whole is null || content is null || whole == content
            ? whole ?? content
            : throw OperationException.InvalidParameter(ContentDigest, $"{ContentDigest} and {ReprDigest} differ.", "sha256");
    }

    private static bool? Complete(IHeaderDictionary headers) => headers[UploadComplete].ToString() switch
    {
        "" => null,
        "?1" => true,
        "?0" => false,
        _ => throw new BadHttpRequestException($"{UploadComplete} is ?0 or ?1."),
    };

    private static long? Number(IHeaderDictionary headers, string name)
    {
        string text = headers[name].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw new BadHttpRequestException($"{name} is no number.");
    }
}
