using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// A directory for one program, which nobody but its user can enter. It is filled before anybody but the agent can, so
/// that what is written stays where it is written; and it is removed with all that the program left in it.
/// </summary>
internal sealed class WorkloadDirectory : IDisposable
{
    private const uint Private = 0x1C0; // 0700

    private readonly SafeFileHandle _parent;
    private readonly SafeFileHandle _held;
    private readonly Account? _owner;
    private readonly TemporaryName _name;

    private WorkloadDirectory(SafeFileHandle parent, TemporaryName name, SafeFileHandle held, string path, Account? owner)
    {
        _parent = parent;
        _name = name;
        _held = held;
        _owner = owner;
        Path = path;
    }

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Whom it is for; null for the agent itself.</summary>
    public Account? Owner => _owner;

    /// <summary>The directory itself, open, whatever becomes of its path.</summary>
    public SafeFileHandle Held => _held;

    /// <summary>Makes an empty directory.</summary>
    /// <param name="parent">Where.</param>
    /// <param name="owner">Whom it is for; null for the agent itself.</param>
    /// <param name="names">Names that the next start of the agent finds, should this one be killed.</param>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: others can change its parent.</exception>
    public static WorkloadDirectory Create(string parent, Account? owner, TemporaryNames names)
    {
        SafeFileHandle handle = OpenParent(parent);
        try
        {
            TemporaryName name = names.TakeForProgram(handle);
            int errno = handle.TryMakeDirectory(name.Name, Private);
            if (errno != 0)
            {
                name.Dispose();
                throw new LinuxException("mkdir in " + parent, errno);
            }

            return new WorkloadDirectory(
                handle, name, Hold(handle, name), System.IO.Path.Combine(parent, name.Name.ToString()), owner);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Puts a program into it and hands it over to its user.</summary>
    /// <param name="code">The program.</param>
    /// <param name="grant">The file that is run, and the bounds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationException">The program is not acceptable; names why.</exception>
    public void Fill(WorkloadCode code, WorkloadGrant grant, CancellationToken cancellationToken)
    {
        try
        {
            using var tree = new UnpackedTree(_held, _owner, code.Text is null ? grant.MaxFiles : int.MaxValue);
            FileName[] file = WorkloadPath.Names(Encoding.UTF8.GetBytes(grant.File), "entrypoint");
            if (code.Text is { } text)
            {
                using SafeFileHandle written = tree.MakeFile(file, isExecutable: false);
                written.WriteAt(text, 0);
            }
            else
            {
                Unpacking.Run(code.Archive, tree, grant, cancellationToken);
            }

            if (!tree.HasFile(file))
            {
                throw OperationException.InvalidParameter(
                    "entrypoint", $"The archive has no file {grant.File}, nor a link to one of its files.", "archive");
            }

            if (_owner is not null)
            {
                _held.ChangeOwner(_owner.UserId, _owner.GroupId);
            }
        }
        catch (InvalidDataException e)
        {
            throw ArchiveFault.Malformed("is not gzip, or damaged", e);
        }
        catch (LinuxException e) when (!Errno.IsExhaustion(e.Errno))
        {
            throw new OperationException(
                ErrorCode.TooLarge, "The program does not fit into its directory.", new ErrorDetail("archive"), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (DirectoryRemoval.TryRemove(_parent, _name.Name, _held))
        {
            _name.Dispose();
        }

        _held.Dispose();
        _parent.Dispose();
    }

    // Links that others have made are not followed, and nobody else may give another directory the name of one that is just made.
    private static SafeFileHandle OpenParent(string path)
    {
        if (AbsolutePath.TryParse(path, out AbsolutePath parsed) is not null)
        {
            throw new LinuxException("open " + path, Errno.EINVAL);
        }

        using Place place = PathWalk.Find(parsed, LinkRule.FollowTrusted);
        if (place.Target is not { } target)
        {
            throw new LinuxException("open " + path, place.Errno);
        }

        FileStatus status = FileStatus.Of(target);
        return default(Trust).Includes(status.UserId) && (!status.IsWritableByOthers || status.IsSticky)
            ? ProcDescriptor.Reopen(target, LibC.O_RDONLY | LibC.O_DIRECTORY)
            : throw new OperationException(
                ErrorCode.PermissionDenied,
                $"Others can change {path}, where programs were to have their directories.",
                new ErrorDetail("policy.runtimes.directory", "runtime"));
    }

    private static SafeFileHandle Hold(SafeFileHandle parent, TemporaryName name)
    {
        int errno = parent.TryOpen(name.Name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle held);
        if (errno == 0)
        {
            return held;
        }

        held.Dispose();
        if (parent.TryRemove(name.Name, isDirectory: true) == 0)
        {
            name.Dispose();
        }

        throw new LinuxException("open", errno);
    }
}
