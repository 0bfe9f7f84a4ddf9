using System.Text.Json;
using GuestAgent.Dialects;
using GuestAgent.Operations;
using GuestAgent.Settings;
using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Configurations: settings that can be printed and read again, or faults that say where they are.</summary>
internal sealed class ConfigurationTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "configuration";

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly IReadOnlySet<string> _operations = Registration.Names;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "listeners", "transport", "unix", "virtio-serial", "vsock", "vsock-connect", "port", "path", "mode", "dialect", "jsonrpc",
        "workload", "operations", "announce", "allow_cids", "cid", "policy", "commands", "any", "args", "env", "user", "timeout_seconds",
        "max_output_bytes", "read_paths", "write_paths", "power", "list_processes", "signal_processes", "set_time", "runtimes", "command", "file",
        "set_env", "directory", "max_files", "max_unpacked_bytes", "limits", "max_connections", "max_message_bytes",
        "max_concurrent_requests", "max_concurrent_commands", "max_command_seconds", "kill_grace_seconds", "drain_seconds",
        "max_unread_reply_bytes", "max_file_bytes", "max_uploads", "max_upload_bytes", "max_requests_per_second", "state_directory",
        "{file}", "0660", "$type", "$id", "$ref", "include", "//", "/*", "*/", ".",
    ];

    // What is not configured follows the guest's memory, and is printed as it came out.
    private const long GuestBytes = 1L << 30;

    /// <inheritdoc/>
    /// <remarks>Each value of two bytes may be a fault of a few hundred, found by an exception of a few thousand.</remarks>
    public override MemoryBound Memory => new(16 * 1024, 256 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        AgentSettings settings;
        try
        {
            settings = SettingsFile.Parse(input, _operations, DialectTable.Default.Traits).In(GuestBytes);
        }
        catch (SettingsException e)
        {
            PropertyException.Require(e.Faults.Count > 0, "a refused configuration has a fault");
            PropertyException.Require(e.Faults.All(fault => fault.Path.StartsWith('$')), "a fault says where it is");
            PropertyException.Require(
                !e.Faults.Any(fault => fault.Message.StartsWith("is not JSON", StringComparison.Ordinal)) || !IsJson(input),
                "only what is no JSON is called that",
                e.Message);
            return;
        }

        byte[] printed = JsonSerializer.SerializeToUtf8Bytes(settings, SettingsJson.Default.AgentSettings);
        AgentSettings again = SettingsFile.Parse(printed, _operations, DialectTable.Default.Traits).In(GuestBytes);
        byte[] twice = JsonSerializer.SerializeToUtf8Bytes(again, SettingsJson.Default.AgentSettings);
        PropertyException.Require(printed.AsSpan().SequenceEqual(twice), "a printed configuration is the same");
    }

    private static bool IsJson(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(input, Lenient);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
