using System.Runtime.InteropServices;
using System.Text.Json;
using GuestAgent.Cli.Linux;
using GuestAgent.Host;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Contexts;

/// <summary>
/// The file of named guests, <c>guestctl/config.json</c> where the user has configurations. Changed as a whole: who reads it sees the
/// file before or the one after, and two who change it take turns.
/// </summary>
/// <param name="path">The file; it need not be there.</param>
internal sealed class ContextStore(string path)
{
    // More than thousands of guests need.
    private const int MostBytes = 4 * 1024 * 1024;

    private const int MostNameLength = 63;

    // LOCK_EX, flock(2).
    private const int Exclusive = 2;

    // rw-------
    private const uint OwnersFile = 0x180;

    private const UnixFileMode OwnersDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>This user's.</summary>
    public static ContextStore OfUser()
    {
        string? configurations = ArgumentBytes.Variable("XDG_CONFIG_HOME");
        // The XDG base directory specification: what is not absolute is as if it were not there.
        string root = configurations is ['/', ..]
            ? configurations
            : Path.Combine(ArgumentBytes.Variable("HOME") is ['/', ..] and var home ? home : "/", ".config");
        return new ContextStore(Path.Combine(root, "guestctl", "config.json"));
    }

    /// <summary>True for what can be the name of a guest, and so is no endpoint.</summary>
    public static bool IsName(string word) =>
        word.Length is > 0 and <= MostNameLength
        && char.IsAsciiLetterOrDigit(word[0])
        && word.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>What it has.</summary>
    /// <exception cref="ContextException">It cannot be read, or makes no sense.</exception>
    public ContextFile Read()
    {
        try
        {
            // At once, should it be a FIFO that nobody writes to.
            using SafeFileHandle handle =
                NativeMethods.OpenAt(LibC.AT_FDCWD, path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
            if (handle.IsInvalid)
            {
                return Marshal.GetLastPInvokeError() == LibC.ENOENT
                    ? new ContextFile()
                    : throw new ContextException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            }

            using var file = new FileStream(handle, FileAccess.Read);
            if (!file.CanSeek)
            {
                throw new ContextException($"{path}: is no file");
            }

            if (file.Length > MostBytes)
            {
                throw new ContextException($"{path}: longer than {MostBytes} bytes");
            }

            return Checked(JsonSerializer.Deserialize(file, ContextJson.Default.ContextFile)
                ?? throw new ContextException($"{path}: must be an object"));
        }
        catch (JsonException e)
        {
            throw new ContextException($"{path}: line {e.LineNumber + 1}: {e.Path}: does not fit: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContextException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Changes it.</summary>
    /// <param name="change">Makes what is to be there of what is.</param>
    /// <exception cref="ContextException">It cannot be read or written, or makes no sense.</exception>
    public void Change(Func<ContextFile, ContextFile> change)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnersDirectory);
            // Not as the framework opens files: it takes locks of its own, and fails where another has one.
            using SafeFileHandle turn = NativeMethods.OpenAt(
                LibC.AT_FDCWD, path + ".lock", LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC, OwnersFile);
            if (turn.IsInvalid || NativeMethods.Lock(turn, Exclusive) != 0)
            {
                throw new ContextException($"{path}.lock: cannot be locked");
            }

            ContextFile changed = Checked(change(Read()));
            // A link, such as one into a collection of configurations, stays one.
            string target = new FileInfo(path).LinkTarget is null
                ? path
                : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            string draft = $"{target}.{Environment.ProcessId}";
            File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(changed, ContextJson.Default.ContextFile));
            File.Move(draft, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContextException($"{path}: {e.Message}", e);
        }
    }

    private ContextFile Checked(ContextFile file)
    {
        foreach ((string name, NamedGuest guest) in file.Guests)
        {
            if (!IsName(name))
            {
                throw new ContextException(
                    $"{path}: guests.{name}: a name is up to {MostNameLength} letters, digits, dots, _ and -, the first a letter or a digit");
            }

            // What the shape says of a dictionary's values does not hold for null.
            if (guest is null || !GuestEndpoint.TryParse(guest.Endpoint, out _))
            {
                throw new ContextException($"{path}: guests.{name}.endpoint: {guest?.Endpoint} is no endpoint");
            }
        }

        return file.Current is { } current && !file.Guests.ContainsKey(current)
            ? throw new ContextException($"{path}: current: there is no guest {current}")
            : file;
    }
}
