using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host.Files;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <content>Files of any size, as streams.</content>
public sealed partial class GuestFiles
{
    // An agent that forgets every upload is not asked for ever.
    private const int MostBeginnings = 3;

    /// <summary>
    /// Reads a file to a stream, in pieces of which several are under way, no more than lets other calls on the same channel
    /// through quickly. With <see cref="GuestClientOptions.Reconnect"/> it goes on after a lost connection. A file that becomes
    /// longer meanwhile, as a log does, comes as long as it was at the beginning, if it is verified.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">Written from where it stands, never sought; what was written stays when this fails.</param>
    /// <param name="options">Range and verification; the whole file, verified, when null.</param>
    /// <param name="progress">Told after each piece, on any thread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestTransferException">
    /// The file was changed meanwhile in another way, or what came has another SHA-256.
    /// </exception>
    /// <exception cref="GuestException">A call failed.</exception>
    public async Task<DownloadResult> DownloadAsync(
        string path,
        Stream destination,
        DownloadOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(destination);
        if (options is { Sparse: true } && !destination.CanSeek)
        {
            throw new ArgumentException("What keeps holes must be able to seek.", nameof(destination));
        }

        using var download = new Download(_link, path, destination, options ?? DownloadOptions.Default, progress);
        return await download.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes a file from a stream, in pieces likewise. It appears in the guest in one step when all of it is there and both
    /// sides have computed the same SHA-256. With <see cref="GuestClientOptions.Reconnect"/> it goes on after a lost
    /// connection; if the source can seek, also when the agent has lost pieces, as after a restored snapshot.
    /// </summary>
    /// <param name="source">
    /// Read from where it stands to its end; if it can seek, to where that was when this was called.
    /// </param>
    /// <param name="path">The file; a symbolic link is followed and its target replaced.</param>
    /// <param name="options">Size, directories, mode and owner; none when null.</param>
    /// <param name="progress">Told after each piece that the guest has, on any thread.</param>
    /// <param name="cancellationToken">Gives up; the guest drops what it has, unless the file is in its place.</param>
    /// <exception cref="GuestTransferException">The upload was lost and the source cannot be read again.</exception>
    /// <exception cref="GuestException">A call failed.</exception>
    public async Task<FileUploadCommitResult> UploadAsync(
        Stream source,
        string path,
        UploadOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= UploadOptions.Default;
        using var content = new UploadSource(source, options.Sparse && TakesHoles);
        long? total = options.Length ?? content.Length;
        FileUploadOpenResult? open = null;
        try
        {
            for (int beginnings = 1; ; beginnings++)
            {
                open = await OpenAsync(path, options with { Length = total, Sparse = content.IsSparse }, cancellationToken).ConfigureAwait(false);
                try
                {
                    return await new Upload(_link, open.Token, content, total, progress)
                        .RunAsync(open.Offset, open.MaxChunkBytes, cancellationToken).ConfigureAwait(false);
                }
                catch (GuestAgentException e) when (e.Code == ErrorCode.NotFound && beginnings < MostBeginnings)
                {
                    // A restarted agent, or one set back to before the upload: from the beginning, if the source can.
                }
            }
        }
        catch when (open is not null)
        {
            await _link.PostAsync(FileUploadCancel.Contract, new FileUploadCancelRequest(open.Token)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Begins an upload that outlives this client: another one, also of another process, goes on with
    /// <see cref="ContinueUploadAsync"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Size, directories, mode and owner; none when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its token, and after how many seconds without use the guest drops it.</returns>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileUploadOpenResult> BeginUploadAsync(
        string path, UploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= UploadOptions.Default;
        return OpenAsync(path, options with { Sparse = options.Sparse && TakesHoles }, cancellationToken);
    }

    /// <summary>
    /// Goes on with an upload, from what the guest has of it, to its end. When this fails, it can be called again.
    /// </summary>
    /// <param name="token">The upload, as <see cref="BeginUploadAsync"/> told.</param>
    /// <param name="source">
    /// The whole content, from where the stream stands; what the guest has already is read for the SHA-256 and not sent.
    /// </param>
    /// <param name="progress">Told after each piece that the guest has, on any thread.</param>
    /// <param name="cancellationToken">Gives up; the guest keeps what it has.</param>
    /// <exception cref="GuestTransferException">The source is shorter than what the guest has.</exception>
    /// <exception cref="GuestException">A call failed; the guest does not know the upload any more.</exception>
    public async Task<FileUploadCommitResult> ContinueUploadAsync(
        string token,
        Stream source,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentNullException.ThrowIfNull(source);
        FileUploadStatusResult status = await _link
            .CallAsync(FileUploadStatus.Contract, new FileUploadStatusRequest(token), FileAnswers.Check, cancellationToken)
            .ConfigureAwait(false);
        using var content = new UploadSource(source, status.Sparse ? null : false);
        return await new Upload(_link, token, content, content.Length, progress)
            .RunAsync(status.Offset, int.MaxValue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Lists the open uploads of this listener: those that killed clients have left have a token, with which
    /// <see cref="ContinueUploadAsync"/> goes on.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed; an agent that is older than this operation refuses it.</exception>
    public Task<FileUploadListResult> ListUploadsAsync(CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileUploadList.Contract, new FileUploadListRequest(), cancellationToken);

    /// <summary>Drops an upload that nobody will go on with.</summary>
    /// <param name="token">The upload, as <see cref="BeginUploadAsync"/> told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False in <c>Cancelled</c> when there is no such open upload.</returns>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileUploadCancelResult> CancelUploadAsync(string token, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileUploadCancel.Contract, new FileUploadCancelRequest(token), cancellationToken);

    private bool TakesHoles => _link.Agent.Capabilities.Contains(FileRead.SparseFiles);

    private Task<FileUploadOpenResult> OpenAsync(
        string path, UploadOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _link.CallAsync(
            FileUploadOpen.Contract,
            new FileUploadOpenRequest(
                path, options.Length, options.CreateDirectories, options.Permissions, options.Owner, options.Group, options.Sparse),
            FileAnswers.Check,
            cancellationToken);
    }
}
