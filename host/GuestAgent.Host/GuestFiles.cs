using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Host.Files;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>
/// The files and directories of a guest, as far as its policy allows. See <see cref="GuestClient.Files"/>. Paths are
/// absolute, at most 4095 bytes as UTF-8, and without NUL.
/// </summary>
/// <remarks>
/// All calls fail with <see cref="GuestAgentException"/> when the guest refuses: <see cref="Errors.ErrorCode.PermissionDenied"/>
/// by policy or kernel, <see cref="Errors.ErrorCode.NotFound"/>, and others that the operation in PROTOCOL.md names; and
/// with another <see cref="GuestException"/> when there is no answer. Names and paths in results are the guest's own: not
/// verified, and not fit for a terminal or a host's file system as they are.
/// </remarks>
public sealed partial class GuestFiles : IGuestFiles
{
    private readonly GuestLink _link;

    internal GuestFiles(GuestLink link) => _link = link;

    /// <summary>
    /// Reads a file or a range of it into memory: a regular file, or one of /proc and the like. For large files see
    /// DownloadAsync.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">First byte, from 0; beyond the end nothing is read.</param>
    /// <param name="length">
    /// Most bytes to read, from 1; when null the whole rest, which must then fit the guest's limit (10 MiB unless
    /// configured).
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileData> ReadAsync(
        string path, long offset = 0, long? length = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _link.CallAsync(
            FileRead.Contract,
            new FileReadRequest(path, TextEncoding.Base64, offset, length),
            result => FileAnswers.ToData(result, offset, length),
            cancellationToken);
    }

    /// <summary>
    /// Writes a whole file in one step: readers in the guest see the old content or the new one, never a part. Mode and
    /// owner stay as they were unless told. For large content see UploadAsync.
    /// </summary>
    /// <param name="path">The file; a symbolic link is followed and its target replaced.</param>
    /// <param name="content">The bytes, at most the guest's limit (10 MiB unless configured).</param>
    /// <param name="options">Directories, mode and owner, or to append; none when null.</param>
    /// <param name="cancellationToken">Gives up; the file is the old one or the new one.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileWriteResult> WriteAsync(
        string path,
        ReadOnlyMemory<byte> content,
        FileWriteOptions? options = null,
        CancellationToken cancellationToken = default) =>
        WriteAsync(path, new FileContent(content, TextEncoding.Base64), TextEncoding.Base64, options, cancellationToken);

    /// <summary>Writes text as UTF-8, likewise.</summary>
    /// <inheritdoc cref="WriteAsync(string, ReadOnlyMemory{byte}, FileWriteOptions?, CancellationToken)"/>
    public Task<FileWriteResult> WriteTextAsync(
        string path, string content, FileWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return WriteAsync(path, FileContent.FromText(content), TextEncoding.Utf8, options, cancellationToken);
    }

    /// <summary>Computes the SHA-256 of a file, or of a range of it, in the guest. No size is too large.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">First byte, from 0.</param>
    /// <param name="length">Most bytes; to the end when null.</param>
    /// <param name="cancellationToken">Gives up; the guest stops reading.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileHashResult> HashAsync(
        string path, long offset = 0, long? length = null, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileHash.Contract, new FileHashRequest(path, offset, length), cancellationToken);

    private Task<FileWriteResult> WriteAsync(
        string path,
        FileContent content,
        TextEncoding encoding,
        FileWriteOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= FileWriteOptions.Default;
        return _link.CallAsync(
            FileWrite.Contract,
            new FileWriteRequest(
                path,
                content,
                encoding,
                options.CreateDirectories,
                options.Permissions,
                options.Owner,
                options.Group,
                options.Append),
            cancellationToken);
    }
}
