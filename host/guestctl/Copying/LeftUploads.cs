using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>The uploads that killed copies have left in the guest, as they were when they were first asked for.</summary>
internal sealed class LeftUploads(GuestClient guest)
{
    private IReadOnlyList<UploadEntry>? _all;

    /// <summary>The one that may be the same copy: to the same file, of the same size.</summary>
    /// <param name="path">The file in the guest.</param>
    /// <param name="size">How long it will be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>It; null when there is none.</returns>
    /// <exception cref="GuestException">There is no answer.</exception>
    public async Task<UploadEntry?> FindAsync(string path, long size, CancellationToken cancellationToken)
    {
        // An agent that is too old lists none.
        _all ??= guest.Agent.Capabilities.Contains(FileUploadList.Contract.Name)
            ? (await guest.Files.ListUploadsAsync(cancellationToken)).Uploads
            : [];
        if (!_all.Any(upload => upload.Token is not null && upload.SizeBytes == size))
        {
            return null;
        }

        string real = await RealPathAsync(path, cancellationToken);
        return _all.Where(upload => upload.Token is not null && upload.SizeBytes == size && upload.Path == real)
            .MaxBy(upload => upload.Offset);
    }

    // Where links lead; the path as it stands where only writing is allowed.
    private async Task<string> RealPathAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await guest.Files.StatAsync(path, followLink: true, cancellationToken)).Path;
        }
        catch (GuestAgentException e) when (e.Code == ErrorCode.NotFound && GuestPath.Name(path).Length > 0)
        {
            string above = path.TrimEnd('/')[..^GuestPath.Name(path).Length];
            try
            {
                return GuestPath.Join(
                    (await guest.Files.StatAsync(above, followLink: true, cancellationToken)).Path, GuestPath.Name(path));
            }
            catch (GuestAgentException inner) when (inner.Code is ErrorCode.NotFound or ErrorCode.PermissionDenied)
            {
                return path;
            }
        }
        catch (GuestAgentException e) when (e.Code == ErrorCode.PermissionDenied)
        {
            return path;
        }
    }
}
