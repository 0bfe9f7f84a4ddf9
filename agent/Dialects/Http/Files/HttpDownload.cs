using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>
/// The response to GET or HEAD of a file: what its preconditions and its range say (RFC 9110 sections 13 and 14), and the content as the
/// operation hands it over.
/// </summary>
/// <param name="context">The request.</param>
internal sealed class HttpDownload(HttpContext context) : IContentSink
{
    /// <summary>True when its status has been sent, and only its end can tell of a failure.</summary>
    public bool HasBegun => context.Response.HasStarted;

    /// <summary>Why nothing of the content is sent, where that is an error.</summary>
    public (int Status, Failure Failure)? Refusal { get; private set; }

    /// <summary>The digest of the content, and the version that has it; null for none.</summary>
    public (string Sha256, string Version)? Digest { get; set; }

    /// <inheritdoc/>
    public async ValueTask<ContentPart> BeginAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        response.Headers.ETag = EntityTags.Of(facts.Version);
        response.Headers.LastModified = HeaderUtilities.FormatDate(facts.Modified);
        // A response may have its own version of what it was when it was hashed.
        if (Digest is { } digest && digest.Version == facts.Version)
        {
            response.Headers["Repr-Digest"] = HttpDigest.Write(digest.Sha256);
        }

        response.Headers.AcceptRanges = facts.Size is null ? "none" : "bytes";
        if (Precondition(facts) is { } status)
        {
            response.StatusCode = status;
            return ContentPart.None;
        }

        (long Offset, long Length)? range = facts.Size is { } size ? Range(facts, size) : null;
        if (Refusal is not null)
        {
            return ContentPart.None;
        }

        response.ContentType = "application/octet-stream";
        response.ContentLength = range?.Length ?? facts.Size;
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.Offset}-{part.Offset + part.Length - 1}/{facts.Size}";
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return ContentPart.None;
        }

        // Before that, Kestrel's writer may have no room at all.
        await response.StartAsync(cancellationToken);
        return range is { } wanted ? new ContentPart(wanted.Offset, wanted.Length) : new ContentPart(0, facts.Size);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int bytes) => context.Response.BodyWriter.GetMemory(bytes);

    /// <inheritdoc/>
    public async ValueTask SendAsync(int bytes, CancellationToken cancellationToken)
    {
        context.Response.BodyWriter.Advance(bytes);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    // In the order of RFC 9110 section 13.2.2.
    private int? Precondition(ContentFacts facts)
    {
        RequestHeaders headers = context.Request.GetTypedHeaders();
        IHeaderDictionary raw = context.Request.Headers;
        bool holds = EntityTags.Read(raw.IfMatch, "If-Match") is { } match
            ? match.HasStrong(facts.Version)
            : headers.IfUnmodifiedSince is not { } until || facts.Modified <= until;
        if (!holds)
        {
            Refuse(StatusCodes.Status412PreconditionFailed, ErrorCode.Conflict, "The file is not what the request expects.", "if_versions");
            return StatusCodes.Status412PreconditionFailed;
        }

        bool isKnown = EntityTags.Read(raw.IfNoneMatch, "If-None-Match") is { } none
            ? none.HasWeak(facts.Version)
            : headers.IfModifiedSince is { } since && facts.Modified <= since;
        return isKnown ? StatusCodes.Status304NotModified : null;
    }

    // Null for all of it: several ranges, and what is no range, may be left out of account.
    private (long Offset, long Length)? Range(ContentFacts facts, long size)
    {
        if (!HttpMethods.IsGet(context.Request.Method)
            || !RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out RangeHeaderValue? header)
            || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || header.Ranges.Count != 1
            || !IsSameAsBefore(facts))
        {
            return null;
        }

        RangeItemHeaderValue range = header.Ranges.First();
        long first = range.From ?? Math.Max(0, size - range.To!.Value);
        long last = range.From is null ? size - 1 : Math.Min(range.To ?? long.MaxValue, size - 1);
        if (first <= last && (range.From is not null || range.To > 0))
        {
            return (first, last - first + 1);
        }

        context.Response.Headers.ContentRange = $"bytes */{size}";
        Refuse(StatusCodes.Status416RangeNotSatisfiable, ErrorCode.InvalidParameters, "The file has no such bytes.", "range");
        return null;
    }

    // If-Range: a date is never enough, since a file may change twice in a second.
    private bool IsSameAsBefore(ContentFacts facts)
    {
        string condition = context.Request.Headers.IfRange.ToString();
        return condition.Length == 0 || condition == EntityTags.Of(facts.Version);
    }

    private void Refuse(int status, ErrorCode code, string message, string rule) =>
        Refusal = (status, new Failure(code, message, new ErrorDetail(rule)));
}
