using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Archives;

/// <summary>Takes the content of one file into an archive that is being sent, behind a header with the size that it then has.</summary>
/// <param name="response">The archive.</param>
/// <param name="item">What was known of the file before.</param>
/// <param name="listed">Which file that was known of; no other is taken under its owner and permissions.</param>
internal sealed class TarFile(HttpResponse response, TarItem item, string? listed) : IContentSink
{
    /// <summary>Its bytes, as the header says; null before that is sent.</summary>
    public long? Size { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<ContentPart> BeginAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        if (facts.File != listed)
        {
            throw new OperationException(
                ErrorCode.Conflict, "The entry is another file than was listed.", new ErrorDetail("exchanged", "path"));
        }

        Size = facts.Size ?? throw new OperationException(
            ErrorCode.NotSupported, "A file without a size does not go into an archive.", new ErrorDetail("file", "path"));
        byte[] header = TarHeaders.Write(item with { Size = Size.Value, Modified = facts.Modified.ToUnixTimeSeconds() });
        await response.BodyWriter.WriteAsync(header, cancellationToken);
        return new ContentPart(0, Size);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int bytes) => response.BodyWriter.GetMemory(bytes);

    /// <inheritdoc/>
    public async ValueTask SendAsync(int bytes, CancellationToken cancellationToken)
    {
        response.BodyWriter.Advance(bytes);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
