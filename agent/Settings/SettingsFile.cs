using System.Text.Json;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Settings;

/// <summary>Reads the configuration file with its drop-ins, and refuses one that somebody else could have written.</summary>
internal static class SettingsFile
{
    /// <summary>Where the packages put it.</summary>
    public const string DefaultPath = "/etc/guest-agent/config.json";

    // A configuration with thousands of rules is a few hundred KiB.
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Reads and checks a configuration, with what its drop-ins add.</summary>
    /// <param name="path">The file.</param>
    /// <param name="operations">Names of the operations that exist.</param>
    /// <param name="dialects">The dialects that exist, by name.</param>
    /// <exception cref="SettingsException">It cannot be used; every fault is listed.</exception>
    public static AgentSettings Load(
        string path, IReadOnlySet<string> operations, IReadOnlyDictionary<string, DialectTraits> dialects)
    {
        byte[] main = Read(path, null);
        IReadOnlyList<string> dropIns = DropIns.Of(path);
        return dropIns.Count == 0 ? Parse(main, operations, dialects) : Parse(path, main, dropIns, operations, dialects);
    }

    /// <summary>Turns the text of a configuration into settings.</summary>
    /// <exception cref="SettingsException">It cannot be used; every fault of shape and sense is listed.</exception>
    public static AgentSettings Parse(
        ReadOnlyMemory<byte> json, IReadOnlySet<string> operations, IReadOnlyDictionary<string, DialectTraits> dialects)
    {
        return Looked(json, null, root =>
        {
            List<SettingsFault> faults = ShapeCheck.Find(root, SettingsJson.Default.AgentSettings);
            faults.AddRange(new SettingsCheck(operations, dialects).Find(root, faults));
            return faults.Count == 0
                ? root.Deserialize(SettingsJson.Default.AgentSettings)!
                : throw new SettingsException(faults);
        });
    }

    private static AgentSettings Parse(
        string path,
        byte[] main,
        IReadOnlyList<string> dropIns,
        IReadOnlySet<string> operations,
        IReadOnlyDictionary<string, DialectTraits> dialects)
    {
        List<SettingsFault> faults = [];
        List<SettingsPart> files = [new(path, Root(main, null, faults))];
        long bytes = main.Length;
        foreach (string file in dropIns)
        {
            byte[] json = Read(file, file);
            files.Add(new SettingsPart(file, Root(json, file, faults)));
            bytes += json.Length;
            if (bytes > MaxBytes)
            {
                throw Fault($"is longer than {MaxBytes} bytes with its drop-ins", null);
            }
        }

        // Where the shape of each is right, only what they say together is left to look at.
        if (faults.Count > 0)
        {
            throw new SettingsException(faults);
        }

        SettingsMerge merge = SettingsMerge.Of(files);
        try
        {
            return Parse(merge.Json, operations, dialects) with { Origins = merge.Origins };
        }
        catch (SettingsException e)
        {
            throw new SettingsException([.. e.Faults.Select(fault => Located(fault, merge.Origins, path))]);
        }
    }

    private static SettingsFault Located(SettingsFault fault, SettingsOrigins origins, string main)
    {
        (string file, string path) = origins.Find(fault.Path);
        return new SettingsFault(path, fault.Message, file == main ? null : file);
    }

    // One file of several, which need not have all that the whole must have.
    private static JsonElement Root(byte[] json, string? file, List<SettingsFault> faults) => Looked(json, file, root =>
    {
        foreach (SettingsFault fault in ShapeCheck.Find(root, SettingsJson.Default.AgentSettings))
        {
            if (fault is not { Path: "$.listeners", Message: ShapeCheck.Missing })
            {
                faults.Add(fault with { File = file });
            }
        }

        return root.Clone();
    });

    private static T Looked<T>(ReadOnlyMemory<byte> json, string? file, Func<JsonElement, T> look)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, options);
            return look(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Fault($"is not JSON: line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}", file);
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escape that is no character.
            throw Fault("has a name or a text that is not Unicode (a lone surrogate, or bytes that are not UTF-8)", file);
        }
    }

    private static byte[] Read(string path, string? dropIn)
    {
        try
        {
            // Non-blocking, so that a FIFO is refused and not waited for.
            using SafeFileHandle file = NativeMethods
                .open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow(path);
            FileStatus status = FileStatus.Of(file);
            if (!status.IsRegularFile)
            {
                throw Fault("must be a regular file", dropIn);
            }

            CheckOwner(status, dropIn);
            long length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw Fault($"is longer than {MaxBytes} bytes", dropIn);
            }

            byte[] content = new byte[length];
            int read = RandomAccess.Read(file, content, 0);
            return content[..read];
        }
        catch (LinuxException e)
        {
            throw Fault($"cannot be read: {e.Message}", dropIn);
        }
    }

    /// <summary>Refuses what somebody else could have written.</summary>
    /// <param name="file">The file, or the directory of drop-ins.</param>
    /// <param name="path">Its path; null for the configuration file itself.</param>
    /// <exception cref="SettingsException">Somebody could.</exception>
    public static void CheckOwner(FileStatus file, string? path)
    {
        if (file.UserId != 0 && file.UserId != FileStatus.EffectiveUserId)
        {
            throw Fault($"must belong to root, not to user {file.UserId}", path);
        }

        if (file.IsWritableByOthers)
        {
            throw Fault("must not be writable by group or others (chmod go-w)", path);
        }
    }

    private static SettingsException Fault(string message, string? file) => new([new SettingsFault("$", message, file)]);
}
