using GuestAgent.Contracts.Files;

namespace GuestAgent.Host;

/// <summary>The guest's files and directories, as those that use <see cref="GuestFiles"/> see them: to be replaced in tests.</summary>
public interface IGuestFiles
{
    /// <inheritdoc cref="GuestFiles.ReadAsync(string, long, long?, CancellationToken)"/>
    Task<FileData> ReadAsync(string path, long offset = 0, long? length = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.WriteAsync(string, ReadOnlyMemory{byte}, FileWriteOptions?, CancellationToken)"/>
    Task<FileWriteResult> WriteAsync(
        string path,
        ReadOnlyMemory<byte> content,
        FileWriteOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.WriteTextAsync(string, string, FileWriteOptions?, CancellationToken)"/>
    Task<FileWriteResult> WriteTextAsync(
        string path, string content, FileWriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.HashAsync(string, long, long?, CancellationToken)"/>
    Task<FileHashResult> HashAsync(
        string path, long offset = 0, long? length = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.StatAsync(string, bool, CancellationToken)"/>
    Task<FileStatResult> StatAsync(string path, bool followLink = true, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.ListAsync(string, bool, int?, CancellationToken)"/>
    IAsyncEnumerable<FileEntry> ListAsync(
        string path, bool includeHidden = false, int? pageLength = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.CreateDirectoryAsync(string, DirectoryOptions?, CancellationToken)"/>
    Task<FileMkdirResult> CreateDirectoryAsync(
        string path, DirectoryOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.DeleteAsync(string, bool, CancellationToken)"/>
    Task<FileDeleteResult> DeleteAsync(string path, bool recursive = false, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.MoveAsync(string, string, bool, CancellationToken)"/>
    Task<FileMoveResult> MoveAsync(
        string from, string to, bool overwrite = false, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.CreateLinkAsync(string, string, bool, CancellationToken)"/>
    Task<FileSymlinkResult> CreateLinkAsync(
        string path, string target, bool overwrite = false, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.SetModifiedAsync(string, long, int, bool, CancellationToken)"/>
    Task<FileSetTimesResult> SetModifiedAsync(
        string path, long modifiedMs, int modifiedNs = 0, bool followLink = true, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.ChangeModeAsync(string, string, CancellationToken)"/>
    Task<FileChmodResult> ChangeModeAsync(string path, string permissions, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.ChangeOwnerAsync(string, string?, string?, CancellationToken)"/>
    Task<FileChownResult> ChangeOwnerAsync(
        string path, string? owner = null, string? group = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.DownloadAsync(string, Stream, DownloadOptions?, IProgress{TransferProgress}?, CancellationToken)"/>
    Task<DownloadResult> DownloadAsync(
        string path,
        Stream destination,
        DownloadOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.UploadAsync(Stream, string, UploadOptions?, IProgress{TransferProgress}?, CancellationToken)"/>
    Task<FileUploadCommitResult> UploadAsync(
        Stream source,
        string path,
        UploadOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.BeginUploadAsync(string, UploadOptions?, CancellationToken)"/>
    Task<FileUploadOpenResult> BeginUploadAsync(
        string path, UploadOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.ContinueUploadAsync(string, Stream, IProgress{TransferProgress}?, CancellationToken)"/>
    Task<FileUploadCommitResult> ContinueUploadAsync(
        string token, Stream source, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.ListUploadsAsync"/>
    Task<FileUploadListResult> ListUploadsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestFiles.CancelUploadAsync"/>
    Task<FileUploadCancelResult> CancelUploadAsync(string token, CancellationToken cancellationToken = default);
}
