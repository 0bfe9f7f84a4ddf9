using System.Text.Json;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Settings;

/// <summary>Reads the configuration file, and refuses one that somebody else could have written.</summary>
internal static class SettingsFile
{
    /// <summary>Where the packages put it.</summary>
    public const string DefaultPath = "/etc/guest-agent/config.json";

    // A configuration with thousands of rules is a few hundred KiB.
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="path">The file.</param>
    /// <param name="operations">Names of the operations that exist.</param>
    /// <param name="dialects">The dialects that exist, by name.</param>
    /// <exception cref="SettingsException">It cannot be used; every fault is listed.</exception>
    public static AgentSettings Load(
        string path, IReadOnlySet<string> operations, IReadOnlyDictionary<string, DialectTraits> dialects)
    {
        return Parse(Read(path), operations, dialects);
    }

    /// <summary>Turns the text of a configuration into settings.</summary>
    /// <exception cref="SettingsException">It cannot be used; every fault of shape and sense is listed.</exception>
    public static AgentSettings Parse(
        ReadOnlyMemory<byte> json, IReadOnlySet<string> operations, IReadOnlyDictionary<string, DialectTraits> dialects)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, options);
            List<SettingsFault> faults = ShapeCheck.Find(document.RootElement, SettingsJson.Default.AgentSettings);
            faults.AddRange(new SettingsCheck(operations, dialects).Find(document.RootElement, faults));
            return faults.Count == 0
                ? document.RootElement.Deserialize(SettingsJson.Default.AgentSettings)!
                : throw new SettingsException(faults);
        }
        catch (JsonException e)
        {
            throw Fault($"is not JSON: line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}");
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escape that is no character.
            throw Fault("has a name or a text that is not Unicode (a lone surrogate, or bytes that are not UTF-8)");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            // Non-blocking, so that a FIFO is refused and not waited for.
            using SafeFileHandle file = NativeMethods
                .open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow(path);
            CheckOrigin(FileStatus.Of(file));
            long length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw Fault($"is longer than {MaxBytes} bytes");
            }

            byte[] content = new byte[length];
            int read = RandomAccess.Read(file, content, 0);
            return content[..read];
        }
        catch (LinuxException e)
        {
            throw Fault($"cannot be read: {e.Message}");
        }
    }

    private static void CheckOrigin(FileStatus file)
    {
        if (!file.IsRegularFile)
        {
            throw Fault("must be a regular file");
        }

        if (file.UserId != 0 && file.UserId != FileStatus.EffectiveUserId)
        {
            throw Fault($"must belong to root, not to user {file.UserId}");
        }

        if (file.IsWritableByOthers)
        {
            throw Fault("must not be writable by group or others (chmod go-w)");
        }
    }

    private static SettingsException Fault(string message) => new([new SettingsFault("$", message)]);
}
