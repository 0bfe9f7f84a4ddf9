using System.Runtime.InteropServices;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// The file that a new one replaces, held open. Hands on what its owner gave it: owner, permissions, access control list,
/// label and attributes. What speaks for its former content, or lets it run as somebody else, ends with it.
/// </summary>
internal sealed class FormerFile : IDisposable
{
    // All but setuid and setgid: whoever may write a file cannot make it run as its owner.
    private const uint Kept = 0x3FF;

    private readonly SafeFileHandle _file;
    private readonly FileStatus _status;

    private FormerFile(SafeFileHandle file, FileStatus status)
    {
        _file = file;
        _status = status;
    }

    /// <summary>It, opened with O_PATH.</summary>
    public SafeFileHandle Handle => _file;

    /// <summary>User id of its owner.</summary>
    public uint UserId => _status.UserId;

    /// <summary>Its group id.</summary>
    public uint GroupId => _status.GroupId;

    /// <summary>Its permissions, without setuid and setgid.</summary>
    public uint Permissions => _status.Permissions & Kept;

    /// <summary>Finds what a new file would replace; null when that is nothing, or a link, which is replaced itself.</summary>
    /// <exception cref="LinuxException">The kernel does not tell, or it is a directory.</exception>
    /// <exception cref="OperationException">What is there cannot be replaced by a file.</exception>
    public static FormerFile? Find(SafeHandle directory, FileName name)
    {
        int errno = directory.TryOpen(name, LibC.O_PATH, 0, out SafeFileHandle file);
        bool found = false;
        try
        {
            if (errno != 0)
            {
                return errno == Errno.ENOENT ? null : throw new LinuxException(name.ToString(), errno);
            }

            FileStatus status = FileStatus.Of(file);
            found = status.IsRegularFile;
            return status.Kind switch
            {
                FileKind.Regular => new FormerFile(file, status),
                // A link that has come since the policy looked.
                FileKind.SymbolicLink => null,
                FileKind.Directory => throw new LinuxException(name.ToString(), Errno.EISDIR),
                _ => throw new OperationException(
                    ErrorCode.Conflict,
                    $"{name} is not a regular file and is not replaced.",
                    new ErrorDetail("file", "path")),
            };
        }
        finally
        {
            if (!found)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Gives a new file the extended attributes that outlive a replacement.</summary>
    /// <param name="file">The new file.</param>
    /// <exception cref="LinuxException">One of them cannot be handed on.</exception>
    public void HandOnAttributes(SafeFileHandle file)
    {
        // A new file may have got a list from its directory that this one did not have, and would let in more users.
        if (ExtendedAttributes.Read(_file, AccessList) is { } list)
        {
            Check(ExtendedAttributes.TrySet(file, AccessList, list));
        }
        else
        {
            Check(ExtendedAttributes.TryRemove(file, AccessList));
        }

        byte[] names = ExtendedAttributes.Names(_file);
        for (int start = 0; start < names.Length;)
        {
            // With its NUL.
            ReadOnlySpan<byte> rest = names.AsSpan(start);
            ReadOnlySpan<byte> name = rest[..(rest.IndexOf((byte)0) + 1)];
            start += name.Length;
            if (name.StartsWith("user."u8) && ExtendedAttributes.Read(_file, name) is { } value)
            {
                Check(ExtendedAttributes.TrySet(file, name, value));
            }
            else if (name.SequenceEqual(Label) && ExtendedAttributes.Read(_file, name) is { } label)
            {
                // The security module decides whether the agent may; what it gives to new files there is its choice too.
                ExtendedAttributes.TrySet(file, name, label);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static ReadOnlySpan<byte> AccessList => "system.posix_acl_access\0"u8;

    private static ReadOnlySpan<byte> Label => "security.selinux\0"u8;

    private static void Check(int errno)
    {
        if (errno != 0)
        {
            throw new LinuxException("setxattr", errno);
        }
    }
}
