using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Time;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Sets the time of the last change.</summary>
internal sealed class FileSetTimesOperation : IOperation<FileSetTimesRequest, WriteGrant, FileSetTimesResult>
{
    private const int MostNanoseconds = 999_999;

    /// <inheritdoc/>
    public ValueTask<FileSetTimesResult> ExecuteAsync(
        FileSetTimesRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.ModifiedNs is < 0 or > MostNanoseconds)
        {
            throw OperationException.InvalidParameter("modified_ns", $"0 to {MostNanoseconds} nanoseconds.", "range");
        }

        SafeFileHandle file = grant.Required();
        ProcDescriptor.SetModified(file, FileTime.Of(request.ModifiedMs, request.ModifiedNs));
        FileTime now = FileStatus.Of(file).Modified;
        return new ValueTask<FileSetTimesResult>(
            new FileSetTimesResult(grant.Path.ToString(), now.Milliseconds, now.NanosecondsBeyond));
    }
}
