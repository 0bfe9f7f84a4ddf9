using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Workload;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Testing;
using GuestAgent.Workloads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>
/// Unpacks archives where a workload would be: what comes of it stays in its directory, is files, directories and links alone, within
/// the rule's bounds, and is gone at the end. What is outside is neither changed nor gets a further name, wherever links lead.
/// </summary>
internal sealed class WorkloadUnpacking : IDisposable
{
    private const int MaxFiles = 32;
    private const int MaxUnpackedBytes = 64 * 1024;

    private static readonly int Readable = LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC;

    private readonly TemporaryDirectory _outside = new();
    private readonly TemporaryDirectory _state = new();
    private readonly TemporaryNames _names;
    private readonly WorkloadGrant _grant;
    private readonly (FileTime Modified, FileTime Changed, uint Links) _canary;

    /// <summary>Prepares a place.</summary>
    public WorkloadUnpacking()
    {
        Directory.CreateDirectory(_outside["in"]);
        _names = new TemporaryNames(_state.Path, NullLogger.Instance);
        File.WriteAllText(_outside["canary"], "untouched");
        _canary = Look(_outside["canary"]);
        var rule = new RuntimeRule(
            "/bin/true", "main", Directory: _outside["in"], MaxFiles: MaxFiles, MaxUnpackedBytes: MaxUnpackedBytes);
        var settings = new AgentSettings([], new PolicySettings(Runtimes: new Dictionary<string, RuntimeRule> { ["t"] = rule }));
        var accounts = new AccountDatabase(null, "/etc/passwd", "/etc/group");
        _grant = new RuntimePolicy(new LiveSettings(settings), accounts).Authorise(new RunWorkloadRequest("t"));
    }

    /// <summary>Unpacks one.</summary>
    public void Unpack(ReadOnlyMemory<byte> archive)
    {
        using (var directory = WorkloadDirectory.Create(_outside["in"], owner: null, _names))
        {
            try
            {
                directory.Fill(WorkloadCode.Of("", archive), _grant, CancellationToken.None);
                Check(directory.Path);
            }
            catch (OperationException e)
            {
                PropertyException.Require(
                    e.Code is ErrorCode.InvalidParameters or ErrorCode.TooLarge, "an archive is refused by its code", e.Code.ToString());
                Bounded(directory.Path);
            }
        }

        string[] left = Directory.GetFileSystemEntries(_outside.Path, "*", SearchOption.AllDirectories);
        PropertyException.Require(
            left.Length == 2 && File.ReadAllText(_outside["canary"]) == "untouched" && Look(_outside["canary"]) == _canary,
            "nothing is made or changed outside and nothing is left",
            string.Join(' ', left));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _names.Dispose();
        _state.Dispose();
        _outside.Dispose();
    }

    private static void Check(string path)
    {
        Bounded(path);
        string main = Path.Combine(path, "main");
        PropertyException.Require(File.Exists(main), "there is the file that is run");
        using SafeFileHandle held = NativeMethods.open(main, LibC.O_PATH | LibC.O_CLOEXEC, 0).OrThrow("open " + main);
        string real = Encoding.Latin1.GetString(ProcDescriptor.ReadPath(held)!);
        PropertyException.Require(real.StartsWith(path + "/", StringComparison.Ordinal), "it is one of the archive's", real);
    }

    private static (FileTime Modified, FileTime Changed, uint Links) Look(string path)
    {
        FileStatus status = FileStatus.At(path)!.Value;
        return (status.Modified, status.Changed, status.Links);
    }

    private static void Bounded(string path)
    {
        long bytes = 0;
        int count = 0;
        var directories = new Stack<SafeFileHandle>([NativeMethods.open(path, Readable, 0).OrThrow("open " + path)]);
        while (directories.TryPop(out SafeFileHandle? directory))
        {
            using (directory)
            {
                Look(directory, directories, ref count, ref bytes);
            }
        }

        PropertyException.Require(count <= MaxFiles, "files are bounded", $"{count}");
        PropertyException.Require(bytes <= MaxUnpackedBytes, "what is unpacked is bounded", $"{bytes}");
    }

    // By the bytes of names, which need not be text.
    private static void Look(
        SafeFileHandle directory, Stack<SafeFileHandle> directories, ref int count, ref long bytes)
    {
        using var reader = new DirectoryReader(directory);
        while (reader.Fetch())
        {
            while (reader.TryTake(out ReadOnlySpan<byte> found))
            {
                var name = new FileName(found);
                FileStatus status = FileStatus.At(directory, name)!.Value;
                count++;
                bytes += status.IsRegularFile ? status.SizeBytes : 0;
                PropertyException.Require(
                    status.Kind is FileKind.Regular or FileKind.Directory or FileKind.SymbolicLink,
                    "there are files, directories and links alone",
                    name.ToString());
                if (status.Kind == FileKind.Directory)
                {
                    directory.TryOpen(name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle below);
                    directories.Push(below.OrThrow("open " + name));
                }
            }
        }
    }
}
