using GuestAgent.Buffers;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Hashing;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>Adds the body of a request to an upload, piece by piece, and holds one piece at a time.</summary>
/// <param name="context">The request.</param>
/// <param name="host">Whose it is.</param>
/// <param name="token">The upload.</param>
/// <param name="digest">Gets all bytes of the body; null where nobody wants to know.</param>
internal sealed class HttpPieces(HttpContext context, HttpHost host, string token, Sha256? digest)
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>Where the next piece goes.</summary>
    public long Offset { get; private set; }

    /// <summary>Adds all of it.</summary>
    /// <param name="offset">Where its first byte goes.</param>
    /// <returns>Why it could not; null when it is all there.</returns>
    /// <exception cref="Errors.OperationException">There is no memory for a piece.</exception>
    public async Task<Failure?> AddAsync(long offset)
    {
        Offset = offset;
        host.Memory.Take(PieceBytes);
        byte[] piece = MessageMemory.Rent(PieceBytes);
        try
        {
            Failure? failure = null;
            bool isAsked = false;
            for (bool more = true; more && failure is null;)
            {
                (int count, more, Exception? broken) = await FillAsync(piece);
                // Also without a byte the upload is asked once: whether there is one, and whether it goes on there.
                failure = count == 0 && (isAsked || broken is not null) ? null : await WriteAsync(piece.AsMemory(0, count));
                isAsked = true;
                if (broken is not null)
                {
                    // What has come is kept: a host that goes on with it need not send that again.
                    throw broken;
                }
            }

            return failure;
        }
        finally
        {
            MessageMemory.Return(piece);
            host.Memory.Return(PieceBytes);
        }
    }

    private async Task<(int Count, bool More, Exception? Broken)> FillAsync(byte[] piece)
    {
        int filled = 0;
        try
        {
            while (filled < PieceBytes)
            {
                int count = await context.Request.Body.ReadAsync(piece.AsMemory(filled, PieceBytes - filled), context.RequestAborted);
                if (count == 0)
                {
                    return (filled, false, null);
                }

                filled += count;
            }

            return (filled, true, null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return (filled, false, e);
        }
    }

    private async Task<Failure?> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        digest?.Add(bytes.Span);
        var request = new FileUploadWriteRequest(token, Offset, new FileContent(bytes, TextEncoding.Base64));
        using HttpAnswer answer = await HttpRequest.CallAsync(context, host, FileUploadWrite.Contract.Name, request);
        Offset = answer.Result is FileUploadWriteResult result ? result.Offset : Offset;
        return answer.Failure;
    }
}
