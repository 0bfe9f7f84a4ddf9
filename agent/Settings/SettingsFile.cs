using System.Text.Json;
using GuestAgent.Linux;
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
    /// <param name="dialects">Names of the dialects that exist.</param>
    /// <exception cref="SettingsException">It cannot be used; every fault is listed.</exception>
    public static AgentSettings Load(
        string path, IReadOnlySet<string> operations, IReadOnlySet<string> dialects)
    {
        AgentSettings settings = Parse(Read(path));
        IReadOnlyList<SettingsFault> faults = SettingsCheck.Find(settings, operations, dialects);
        return faults.Count == 0 ? settings : throw new SettingsException(faults);
    }

    /// <summary>Turns the text of a configuration into settings; looks at its shape only.</summary>
    public static AgentSettings Parse(ReadOnlyMemory<byte> json)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, options);
            List<SettingsFault> faults = ShapeCheck.Find(document.RootElement, SettingsJson.Default.AgentSettings);
            return faults.Count == 0
                ? document.RootElement.Deserialize(SettingsJson.Default.AgentSettings)!
                : throw new SettingsException(faults);
        }
        catch (JsonException e)
        {
            throw Fault($"is not JSON: line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            CheckOwner(file);
            long length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw Fault($"is longer than {MaxBytes} bytes");
            }

            byte[] content = new byte[length];
            int read = RandomAccess.Read(file, content, 0);
            return content[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault($"cannot be read: {path}: {Reason(e)}");
        }
    }

    private static void CheckOwner(SafeFileHandle file)
    {
        FileOwner owner = FileOwner.Of(file);
        if (owner.UserId != 0 && owner.UserId != FileOwner.EffectiveUserId)
        {
            throw Fault($"must belong to root, not to user {owner.UserId}");
        }

        const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(file) & Others) != 0)
        {
            throw Fault("must not be writable by group or others (chmod go-w)");
        }
    }

    private static string Reason(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied, or not a regular file",
        _ => "input/output error",
    };

    private static SettingsException Fault(string message) => new([new SettingsFault("$", message)]);
}
