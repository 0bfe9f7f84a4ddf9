using System.Globalization;
using GuestAgent.Errors;
using GuestAgent.Linux;
using GuestAgent.Policy;
using GuestAgent.Processes;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// A directory for one program, which nobody but its user can enter. It is filled before anybody but the agent can, so
/// that what is written stays where it is written; and it is removed with all that the program left in it.
/// </summary>
internal sealed class WorkloadDirectory : IDisposable
{
    private const uint Private = 0x1C0; // 0700
    private const UnixFileMode Plain = (UnixFileMode)0x1A4; // 0644
    private const UnixFileMode Executable = (UnixFileMode)0x1ED; // 0755
    private const int Attempts = 16;

    private readonly SafeFileHandle _parent;
    private readonly string _name;
    private readonly Account? _owner;
    private int _made;
    private int _mostMade = int.MaxValue;

    private WorkloadDirectory(SafeFileHandle parent, string path, Account? owner)
    {
        _parent = parent;
        _name = System.IO.Path.GetFileName(path);
        _owner = owner;
        Path = path;
    }

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes an empty directory.</summary>
    /// <param name="parent">Where.</param>
    /// <param name="owner">Whom it is for; null for the agent itself.</param>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public static WorkloadDirectory Create(string parent, Account? owner)
    {
        SafeFileHandle handle =
            LibC.open(parent, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open " + parent);
        for (int attempt = 1; ; attempt++)
        {
#pragma warning disable CA5394 // A name that is guessed and taken only costs another attempt: mkdir(2) follows nothing.
            string name = "workload-" + Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
#pragma warning restore CA5394
            string path = System.IO.Path.Combine(parent, name);
            if (LibC.mkdir(path, Private) == 0)
            {
                return new WorkloadDirectory(handle, path, owner);
            }

            var failure = LinuxException.FromLastError("mkdir " + path);
            if (failure.Errno != Errno.EEXIST || attempt == Attempts)
            {
                handle.Dispose();
                throw failure;
            }
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
            if (code.Text is { } text)
            {
                Write(grant.File, Plain, file => file.Write(text));
            }
            else
            {
                Unpack(code.Archive, grant, cancellationToken);
            }
        }
        catch (InvalidDataException e)
        {
            throw new OperationException(
                ErrorCode.InvalidParameters,
                "The archive is not gzip, or damaged.",
                new ErrorDetail("archive", "params.code_archive"),
                e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !Errno.IsExhaustion(e.HResult)))
        {
            throw new OperationException(
                ErrorCode.TooLarge, "The program does not fit into its directory.", new ErrorDetail("archive"), e);
        }

        if (!File.Exists(System.IO.Path.Combine(Path, grant.File)))
        {
            throw OperationException.InvalidParameter("entrypoint", $"The archive has no file {grant.File}.", "archive");
        }

        Own(Path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DirectoryRemoval.TryRemove(_parent, _name);
        _parent.Dispose();
    }

    private void Unpack(ReadOnlyMemory<byte> archive, WorkloadGrant grant, CancellationToken cancellationToken)
    {
        _mostMade = grant.MaxFiles;
        using var unpacked = new GzipReader(archive);
        var reader = new TarReader(unpacked, grant.MaxFiles, grant.MaxUnpackedBytes);
        byte[] buffer = new byte[64 * 1024];
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // "./" is what most archives begin with.
            bool isTop = entry.Kind == TarKind.Directory && entry.Name.Trim('/') is "." or "";
            if (isTop && !entry.Name.StartsWith('/'))
            {
                continue;
            }

            string name = WorkloadPath.Checked(entry.Name, "code_archive");
            switch (entry.Kind)
            {
                case TarKind.Directory:
                    MakeDirectory(name);
                    break;
                case TarKind.File:
                    Write(name, entry.IsExecutable ? Executable : Plain, file => Copy(reader, file, buffer, cancellationToken));
                    break;
                case TarKind.Link:
                    // Left out, as the systems leave them out that speak this language.
                    break;
                default:
                    throw OperationException.InvalidParameter(
                        "code_archive", $"{entry.Name} is neither a file nor a directory.", "archive");
            }
        }
    }

    private static void Copy(TarReader reader, FileStream file, byte[] buffer, CancellationToken cancellationToken)
    {
        while (reader.Read(buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(buffer, 0, count);
        }
    }

    private void Write(string name, UnixFileMode mode, Action<FileStream> content)
    {
        if (System.IO.Path.GetDirectoryName(name) is { Length: > 0 } directory)
        {
            MakeDirectory(directory);
        }

        string path = System.IO.Path.Combine(Path, name);
        if (Directory.Exists(path))
        {
            throw Both(name);
        }

        CountOneMore();
        using (FileStream file = File.Open(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
            BufferSize = 0,
        }))
        {
            content(file);
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }

        Own(path);
    }

    // One entry may have a thousand names, so that what is made is counted, too; and is looked for from its end, where an
    // archive with many entries in one place has made it already.
    private void MakeDirectory(string name)
    {
        int there = name.Length;
        while (there > 0 && !Directory.Exists(System.IO.Path.Combine(Path, name[..there])))
        {
            there = name.LastIndexOf('/', there - 1) is > 0 and var slash ? slash : 0;
        }

        while (there < name.Length)
        {
            int end = name.IndexOf('/', there + 1) is > 0 and var slash ? slash : name.Length;
            string path = System.IO.Path.Combine(Path, name[..end]);
            if (File.Exists(path))
            {
                throw Both(name[..end]);
            }

            CountOneMore();
            Directory.CreateDirectory(path, Executable);
            Own(path);
            there = end;
        }
    }

    private void CountOneMore()
    {
        if (++_made > _mostMade)
        {
            throw new OperationException(
                ErrorCode.TooLarge,
                $"The archive has more than {_mostMade} files and directories.",
                new ErrorDetail("archive", "params.code_archive", _mostMade));
        }
    }

    private static OperationException Both(string name) => OperationException.InvalidParameter(
        "code_archive", $"The archive has {name} as a file and as a directory.", "archive");

    private void Own(string path)
    {
        if (_owner is not null && LibC.lchown(path, _owner.UserId, _owner.GroupId) < 0)
        {
            throw LinuxException.FromLastError("chown " + path);
        }
    }
}
