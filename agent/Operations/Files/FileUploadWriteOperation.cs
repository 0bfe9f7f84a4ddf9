using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Native;

namespace GuestAgent.Operations.Files;

/// <summary>Adds a piece to an upload. Done when it returns, so that pieces are added in the order in which they come.</summary>
internal sealed class FileUploadWriteOperation(Uploads uploads) : IOperation<FileUploadWriteRequest, Upload, FileUploadWriteResult>
{
    /// <inheritdoc/>
    public ValueTask<FileUploadWriteResult> ExecuteAsync(
        FileUploadWriteRequest request, Upload grant, CallContext context, CancellationToken cancellationToken)
    {
        using FileContent data = request.Data;
        ReadOnlyMemory<byte> bytes = FileContentParameter.Read(data, TextEncoding.Base64, "data");
        if (request.SizeBytes is { } size && size != bytes.Length)
        {
            // After a restored snapshot, the beginning of one piece and the end of another come as one.
            throw new OperationException(
                ErrorCode.InvalidParameters,
                $"The piece has {bytes.Length} bytes.",
                new ErrorDetail("size_bytes", "size_bytes", bytes.Length));
        }

        if (request.HoleBytes is { } hole && (hole < 1 || !grant.IsSparse))
        {
            throw OperationException.InvalidParameter(
                "hole_bytes", grant.IsSparse ? "A hole has 1 byte or more." : "The upload was not opened for a file with holes.", "range");
        }

        while (true)
        {
            try
            {
                return new(new FileUploadWriteResult(grant.Write(context.Session.Order, request.Offset, bytes.Span, request.HoleBytes ?? 0)));
            }
            catch (LinuxException e) when (Room.IsMissing(e) && uploads.TryMakeRoom(grant.Device))
            {
                // What a host has left took it.
            }
        }
    }
}
