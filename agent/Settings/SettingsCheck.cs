using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GuestAgent.Settings;

/// <summary>
/// Finds values that have the right shape and still make no sense: everything at once, each with its path. Looks at each
/// part whose own shape is right, whatever is wrong elsewhere.
/// </summary>
/// <param name="operations">Names of the operations that exist.</param>
/// <param name="dialects">Names of the dialects that exist.</param>
internal sealed class SettingsCheck(IReadOnlySet<string> operations, IReadOnlySet<string> dialects)
{
    // VMADDR_CID_ANY and VMADDR_PORT_ANY, vsock(7).
    private const uint AnyVsock = uint.MaxValue;

    // Its messages have a length before them: after a host that left in the middle of one, the next host's are not found.
    private const string DialectWithoutRestart = "workload";

    private readonly List<SettingsFault> _found = [];

    /// <summary>Lists what makes no sense.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="shapeFaults">What is wrong with its shape.</param>
    public IReadOnlyList<SettingsFault> Find(JsonElement root, IReadOnlyList<SettingsFault> shapeFaults)
    {
        var parts = new SoundParts(root, shapeFaults);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string path, ListenerSettings listener) in parts.Items("listeners", SettingsJson.Default.ListenerSettings))
        {
            Require(names.Add(listener.Name), path, $"{listener.Name} is listed twice");
            CheckListener(listener, path);
        }

        Require(!parts.IsEmptyList("listeners"), "$.listeners", "is empty: the agent would listen nowhere");
        foreach ((string path, CommandRule rule) in parts.Items("policy.commands", SettingsJson.Default.CommandRule))
        {
            CheckRule(rule, path);
        }

        foreach ((string path, string name, RuntimeRule rule) in parts.Members("policy.runtimes", SettingsJson.Default.RuntimeRule))
        {
            Require(name.Length > 0, path, "has no name");
            CheckRuntime(rule, path);
        }

        foreach (string list in (string[])["policy.read_paths", "policy.write_paths"])
        {
            foreach ((string path, string directory) in parts.Items(list, SettingsJson.Default.String))
            {
                Require(IsAbsolute(directory), path, "must be an absolute path");
                Require(!directory.Split('/').Contains(".."), path, "must not contain \"..\"");
            }
        }

        if (parts.Part("limits", SettingsJson.Default.LimitSettings) is { } limits)
        {
            CheckLimits(limits);
        }

        Require(
            parts.Text("state_directory") is not { } state || IsAbsolute(state), "$.state_directory", "must be an absolute path");
        return _found;
    }

    /// <summary>Permission bits of an octal mode such as <c>0660</c>; null when it is none.</summary>
    public static int? ParseMode(string mode)
    {
        if (mode.Length is < 3 or > 4 || mode.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            return null;
        }

        int bits = Convert.ToInt32(mode, 8);
        return bits <= 0x1FF ? bits : null;
    }

    private void CheckListener(ListenerSettings listener, string path)
    {
        Require(
            dialects.Contains(listener.Dialect),
            path + ".dialect",
            $"is unknown; known: {string.Join(", ", dialects)}");
        foreach ((int index, string operation) in (listener.Operations ?? []).Index())
        {
            Require(operations.Contains(operation), $"{path}.operations[{index}]", $"no operation is named {operation}");
        }

        switch (listener)
        {
            case UnixListenerSettings unix:
                Require(IsAbsolute(unix.Path) && !unix.Path.EndsWith('/'), path + ".path", "must be the absolute path of a socket");
                // sockaddr_un.sun_path, unix(7): 108 bytes with the final NUL.
                Require(Encoding.UTF8.GetByteCount(unix.Path) <= 107, path + ".path", "is longer than 107 bytes");
                Require(ParseMode(unix.Mode) is not null, path + ".mode", "must be octal permissions such as \"0660\"");
                break;
            case VirtioSerialListenerSettings serial:
                Require(
                    serial.Port.Length > 0 && serial.Port.AsSpan().IndexOfAny('/', '\0') < 0 && serial.Port is not ("." or ".."),
                    path + ".port",
                    "must be the name of a port, not a path");
                Require(
                    serial.Dialect != DialectWithoutRestart,
                    path + ".dialect",
                    "is not possible on a port: it needs a connection for each request, as vsock has");
                break;
            case VsockListenerSettings vsock:
                CheckVsockPort(vsock.Port, path);
                Require(vsock.AllowCids.Count > 0, path + ".allow_cids", "is empty: nobody could connect");
                for (int i = 0; i < vsock.AllowCids.Count; i++)
                {
                    Require(
                        vsock.AllowCids[i] != AnyVsock,
                        $"{path}.allow_cids[{i}]",
                        "is no address; name each context that may connect");
                }

                break;
            case VsockConnectSettings vsock:
                CheckVsockPort(vsock.Port, path);
                Require(vsock.Cid != AnyVsock, path + ".cid", "is no address that can be connected to");
                break;
            default:
                throw new NotSupportedException($"no rules for {listener.GetType()}");
        }
    }

    private void CheckVsockPort(uint port, string path) =>
        Require(port is not (0 or AnyVsock), path + ".port", "must be from 1 to 4294967294");

    private void CheckRule(CommandRule rule, string path)
    {
        Require(IsAbsolute(rule.Path), path + ".path", "must be an absolute path");
        Require(rule.User is null or { Length: > 0 }, path + ".user", "must not be empty");
        Require(rule.TimeoutSeconds is null or > 0, path + ".timeout_seconds", "must be above 0");
        Require(rule.MaxOutputBytes is null or >= 0, path + ".max_output_bytes", "must not be negative");
        IReadOnlyList<string> args = rule.Args ?? [];
        for (int i = 0; i < args.Count - 1; i++)
        {
            Require(args[i] != CommandRule.MoreArguments, $"{path}.args[{i}]", "\"...\" must be the last element");
        }
    }

    private void CheckRuntime(RuntimeRule rule, string path)
    {
        Require(IsAbsolute(rule.Command), path + ".command", "must be an absolute path");
        Require(IsInside(rule.File), path + ".file", "must be a relative path without ..");
        Require(rule.User is null or { Length: > 0 }, path + ".user", "must not be empty");
        Require(rule.User != CommandRule.AnyUser, path + ".user", "must be one user: a request cannot name another");
        Require(rule.TimeoutSeconds is null or > 0, path + ".timeout_seconds", "must be above 0");
        Require(rule.MaxOutputBytes is null or >= 0, path + ".max_output_bytes", "must not be negative");
        Require(IsAbsolute(rule.Directory), path + ".directory", "must be an absolute path");
        Require(rule.MaxFiles is >= 1 and <= 1_000_000, path + ".max_files", "must be from 1 to 1000000");
        Require(rule.MaxUnpackedBytes >= 1, path + ".max_unpacked_bytes", "must be above 0");
        Require(
            rule.Args.Any(word => word.Contains(RuntimeRule.FilePlaceholder, StringComparison.Ordinal)),
            path + ".args",
            $"has no {RuntimeRule.FilePlaceholder}, so that the program would never be run");
    }

    private void CheckLimits(LimitSettings limits)
    {
        void Range(double value, double low, double high, string name) => Require(
            value >= low && value <= high,
            "$.limits." + name,
            string.Create(CultureInfo.InvariantCulture, $"must be from {low} to {high}"));

        Range(limits.MaxConnections, 1, 4096, "max_connections");
        Range(limits.MaxMessageBytes, 4096, 64 * 1024 * 1024, "max_message_bytes");
        Range(limits.MaxConcurrentRequests, 1, 1024, "max_concurrent_requests");
        Range(limits.MaxConcurrentCommands, 1, 1024, "max_concurrent_commands");
        Range(limits.MaxCommandSeconds, 0.1, 7 * 24 * 3600, "max_command_seconds");
        Range(limits.KillGraceSeconds, 0, 60, "kill_grace_seconds");
        Range(limits.DrainSeconds, 0, 60, "drain_seconds");
        Range(limits.MaxUnreadReplyBytes, 64 * 1024, 256 * 1024 * 1024, "max_unread_reply_bytes");
        Range(limits.MaxFileBytes, 0, 1024 * 1024 * 1024, "max_file_bytes");
        Range(limits.MaxUploads, 0, 1024, "max_uploads");
        Range(limits.MaxUploadBytes, 0, 1L << 50, "max_upload_bytes");
        Range(limits.MaxRequestsPerSecond ?? 1, 0.1, 1_000_000, "max_requests_per_second");
        // Two outputs, and in the worst case six bytes of JSON (\u0000) for one byte of output.
        Range(limits.MaxOutputBytes, 0, (limits.MaxMessageBytes - 2048) / 12, "max_output_bytes");
    }

    private void Require(bool condition, string path, string message)
    {
        if (!condition)
        {
            _found.Add(new SettingsFault(path, message));
        }
    }

    private static bool IsInside(string path) =>
        path.Length > 0 && path[0] is not ('/' or '-') && !path.Split('/').Contains("..");

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);
}
