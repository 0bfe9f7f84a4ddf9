using System.Text.Json;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Deletes a file, a symbolic link or a directory.</summary>
internal sealed class FileDeleteOperation : IOperation<FileDeleteRequest, WriteGrant, FileDeleteResult>
{
    private static int RemoveExpected(WriteGrant grant, VersionCondition expected, bool isDirectory)
    {
        lock (VersionCondition.Turn)
        {
            int errno = grant.Directory.TryOpen(grant.Name, LibC.O_PATH, 0, out SafeFileHandle now);
            using (now)
            {
                if (errno != 0)
                {
                    return errno;
                }

                expected.Require(now);
                return grant.Directory.TryRemove(grant.Name, isDirectory);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<FileDeleteResult> ExecuteAsync(
        FileDeleteRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        string path = grant.Path.ToString();
        var expected = VersionCondition.Of(request.IfVersions);
        bool isDirectory = FileStatus.Of(grant.Required()).Kind == FileKind.Directory;
        int errno = expected is null
            ? grant.Directory.TryRemove(grant.Name, isDirectory)
            : RemoveExpected(grant, expected, isDirectory);
        if (errno == 0)
        {
            return new FileDeleteResult(path, 1);
        }

        if (errno is not (Errno.ENOTEMPTY or Errno.EEXIST) || !request.Recursive)
        {
            throw FileFailure.Of(errno, path);
        }

        // A tree takes time that the next request must not wait for.
        await Task.Yield();
        using var removal = new TreeRemoval(grant.Directory, grant.Name);
        try
        {
            await removal.RunAsync(cancellationToken);
            return new FileDeleteResult(path, removal.Deleted);
        }
        catch (LinuxException e)
        {
            OperationException failure = FileFailure.Of(e.Errno, $"{path}: {e.Action}");
            var done = new FileDeleteResult(path, removal.Deleted);
            throw new OperationException(failure.Code, failure.Message, failure.Detail! with
            {
                Result = JsonSerializer.SerializeToElement(done, FileDeleteJson.Default.FileDeleteResult),
            });
        }
    }
}
