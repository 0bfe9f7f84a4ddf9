using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// A file that is being written and takes its place in one step. Until then it has no name at all, so that it vanishes with
/// the agent, or, where the file system cannot do that, a recorded temporary one.
/// </summary>
internal sealed class NewFile : IDisposable
{
    // rw-------, until it gets its own.
    private const uint Private = 0x180;

    private readonly SafeFileHandle _directory;
    private readonly SafeFileHandle _file;
    private readonly FileName _name;
    private readonly TemporaryNames _temporaryNames;
    private TemporaryName? _temporary;

    private NewFile(
        SafeFileHandle directory,
        SafeFileHandle file,
        FileName name,
        TemporaryNames temporaryNames,
        TemporaryName? temporary)
    {
        _directory = directory;
        _file = file;
        _name = name;
        _temporaryNames = temporaryNames;
        _temporary = temporary;
    }

    /// <summary>Begins a file.</summary>
    /// <param name="directory">Where it will be; disposed with it.</param>
    /// <param name="name">The name that it will have.</param>
    /// <param name="temporaryNames">Names for until then.</param>
    /// <param name="unnamed">False gives it a temporary name even where it could do without.</param>
    /// <exception cref="LinuxException">The agent may not make files there, or cannot.</exception>
    /// <exception cref="OperationException">What is there cannot be replaced by a file.</exception>
    public static NewFile Begin(
        SafeFileHandle directory, FileName name, TemporaryNames temporaryNames, bool unnamed = true)
    {
        try
        {
            FormerFile.Find(directory, name)?.Dispose();
            return Create(directory, name, temporaryNames, unnamed);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Sets aside room for the whole file.</summary>
    /// <exception cref="LinuxException">There is not as much.</exception>
    public void Reserve(long bytes) => _file.Reserve(bytes);

    /// <summary>Writes bytes at an offset.</summary>
    /// <exception cref="LinuxException">They could not be written, or not all.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset) => _file.WriteAt(bytes, offset);

    /// <summary>The file system that it is on.</summary>
    public ulong Device => FileStatus.Of(_file).Device;

    /// <summary>
    /// Gives it a length: cuts off what is behind, also room that was set aside, or ends it with a hole.
    /// </summary>
    /// <exception cref="LinuxException">It cannot have it.</exception>
    public void CutOff(long length)
    {
        if (_file.TryTruncate(length) is not 0 and var errno)
        {
            throw new LinuxException("truncate", errno);
        }
    }

    /// <summary>Tells two contents apart; that of the file in its place, once it is there.</summary>
    public string Version => FileVersion.Of(FileStatus.Of(_file));

    /// <summary>
    /// Puts the file in its place. Its content is on the disk before it has the name, so that after a crash of the guest
    /// the name has the former content or this, and on return the name is on the disk too.
    /// </summary>
    /// <param name="attributes">Its permissions and owner.</param>
    /// <param name="replace">False for EEXIST when there is a file of that name.</param>
    /// <param name="expected">What is to be there until then; null for whatever there is.</param>
    /// <returns>True when it has replaced another.</returns>
    /// <exception cref="LinuxException">It could not; what was there is still there.</exception>
    /// <exception cref="OperationException">What is there cannot be replaced by a file, or is not what was expected.</exception>
    public bool Publish(NewFileAttributes attributes, bool replace = true, VersionCondition? expected = null)
    {
        using FormerFile? former = FormerFile.Find(_directory, _name);
        expected?.Require(former?.Handle);
        attributes.GiveTo(_file, former);
        _file.SyncData();
        if (expected is null)
        {
            TakePlace(former, replace);
        }
        else
        {
            lock (VersionCondition.Turn)
            {
                using FormerFile? now = FormerFile.Find(_directory, _name);
                expected.Require(now?.Handle);
                TakePlaceOfExpected(now, expected);
            }
        }

        SyncDirectory();
        return former is not null;
    }

    private void TakePlaceOfExpected(FormerFile? former, VersionCondition expected)
    {
        try
        {
            TakePlace(former, replace: !expected.IsNothing);
        }
        catch (LinuxException e) when (e.Errno == Errno.EEXIST && expected.IsNothing)
        {
            throw expected.Refusal();
        }
    }

    private void TakePlace(FormerFile? former, bool replace)
    {
        if (_temporary is not null || (former is not null && replace) || !TryLink(_name, replace))
        {
            if (_temporary is null)
            {
                _temporary = _temporaryNames.Take(_directory);
                TryLink(_temporary.Name, mayExist: false);
            }

            int errno = _directory.TryRename(_temporary.Name, _directory, _name, replace);
            if (errno != 0)
            {
                throw errno == Errno.EBUSY ? MountPoint() : new LinuxException("rename", errno);
            }

            _temporary.Dispose();
            _temporary = null;
        }
    }

    /// <summary>Drops what has not taken its place.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (_temporary is not null)
        {
            if (_directory.TryRemove(_temporary.Name, isDirectory: false) is 0 or Errno.ENOENT)
            {
                _temporary.Dispose();
            }

            _temporary = null;
        }

        _directory.Dispose();
    }

    private static NewFile Create(SafeFileHandle directory, FileName name, TemporaryNames temporaryNames, bool unnamed)
    {
        int errno = Errno.EOPNOTSUPP;
        SafeFileHandle? file = null;
        TemporaryName? temporary = null;
        if (unnamed)
        {
            errno = directory.TryOpen(FileName.Self, LibC.O_TMPFILE | LibC.O_WRONLY, Private, out file);
        }

        // What file systems and kernels without it say, open(2).
        if (errno is Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL or Errno.ENOSYS)
        {
            file?.Dispose();
            temporary = temporaryNames.Take(directory);
            errno = directory.TryOpen(temporary.Name, LibC.O_CREAT | LibC.O_EXCL | LibC.O_WRONLY, Private, out file);
        }

        if (errno != 0)
        {
            file!.Dispose();
            temporary?.Dispose();
            throw new LinuxException("open", errno);
        }

        return new NewFile(directory, file!, name, temporaryNames, temporary);
    }

    private static OperationException MountPoint() => new(
        ErrorCode.NotSupported,
        "A file that is a mount point cannot be replaced, only appended to.",
        new ErrorDetail("mount_point", "path", Errno: nameof(Errno.EBUSY)));

    // False when the name is taken.
    private bool TryLink(FileName name, bool mayExist) => ProcDescriptor.TryLink(_file, _directory, name) switch
    {
        0 => true,
        Errno.EEXIST when mayExist => false,
        int errno => throw new LinuxException("link", errno),
    };

    private void SyncDirectory()
    {
        int errno = _directory.TryOpen(FileName.Self, LibC.O_DIRECTORY, 0, out SafeFileHandle names);
        using (names)
        {
            // The agent may make files in directories that it cannot read.
            if (errno == 0)
            {
                names.SyncNames();
            }
        }
    }
}
