using System.Text;
using System.Text.Unicode;
using GuestAgent.Contracts.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Describes the entries of a page.</summary>
/// <param name="directory">The directory.</param>
/// <param name="names">Names of owners.</param>
internal sealed class DirectoryListing(SafeFileHandle directory, OwnerNames names)
{
    // A page of the longest names, each escaped, must still be a message; so must one of the longest links.
    private const int MaxTextBytes = 1024 * 1024;

    private readonly List<FileEntry> _entries = [];
    private int _textBytes;

    /// <summary>What was described.</summary>
    public IReadOnlyList<FileEntry> Entries => _entries;

    /// <summary>Describes one more. What has gone meanwhile is left out.</summary>
    /// <returns>False when the page is full.</returns>
    public bool Add(FileName name)
    {
        if (_textBytes >= MaxTextBytes)
        {
            return false;
        }

        int errno = directory.TryOpen(name, LibC.O_PATH, 0, out SafeFileHandle file);
        using (file)
        {
            if (errno == 0)
            {
                _entries.Add(Describe(name, file));
            }
        }

        return errno is 0 or Errno.ENOENT ? true : throw new LinuxException("open", errno);
    }

    private FileEntry Describe(FileName name, SafeFileHandle file)
    {
        FileStatus status = FileStatus.Of(file);
        string? target = status.Kind == FileKind.SymbolicLink ? LinkTarget.Read(file) : null;
        _textBytes += name.Bytes.Length + Encoding.UTF8.GetByteCount(target ?? "");
        return new FileEntry(
            name.ToString(),
            FileTypes.Of(status.Kind),
            status.SizeBytes,
            FilePermissions.Format(status.Permissions),
            names.UserOf(status),
            names.GroupOf(status),
            status.UserId,
            status.GroupId,
            status.Modified.Milliseconds,
            target,
            Utf8.IsValid(name.Bytes) ? null : Convert.ToBase64String(name.Bytes),
            status.Modified.NanosecondsBeyond)
        {
            File = status.Identity,
        };
    }
}
