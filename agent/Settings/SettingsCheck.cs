using System.Globalization;
using System.Text;
using System.Text.Json;
using GuestAgent.Memory;

namespace GuestAgent.Settings;

/// <summary>
/// Finds values that have the right shape and still make no sense: everything at once, each with its path. Looks at each
/// part whose own shape is right, whatever is wrong elsewhere.
/// </summary>
/// <param name="operations">Names of the operations that exist.</param>
/// <param name="dialects">The dialects that exist, by name.</param>
internal sealed class SettingsCheck(
    IReadOnlySet<string> operations, IReadOnlyDictionary<string, DialectTraits> dialects)
{
    // VMADDR_CID_ANY and VMADDR_PORT_ANY, vsock(7).
    private const uint AnyVsock = uint.MaxValue;

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
                CheckTree(directory, path);
            }
        }

        foreach (string list in (string[])["policy.forward.connect", "policy.forward.listen"])
        {
            foreach ((string path, string entry) in parts.Items(list, SettingsJson.Default.String))
            {
                CheckForward(entry, path);
            }
        }

        if (parts.Part("limits", SettingsJson.Default.LimitSettings) is { } limits)
        {
            CheckLimits(limits, parts);
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
            dialects.ContainsKey(listener.Dialect),
            path + ".dialect",
            $"is unknown; known: {string.Join(", ", dialects.Keys)}");
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
                    dialects.GetValueOrDefault(serial.Dialect) is not { Resynchronises: false },
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
        CheckProgram(rule.Path, path + ".path");
        Require(rule.User is null or { Length: > 0 }, path + ".user", "must not be empty");
        CheckTime(rule.TimeoutSeconds, path);
        Require(rule.MaxOutputBytes is null or >= 0, path + ".max_output_bytes", "must not be negative");
        foreach ((int index, string directory) in (rule.WorkingDirectories ?? []).Index())
        {
            CheckTree(directory, $"{path}.working_directories[{index}]");
        }

        IReadOnlyList<string> args = rule.Args ?? [];
        for (int i = 0; i < args.Count - 1; i++)
        {
            Require(args[i] != CommandRule.MoreArguments, $"{path}.args[{i}]", "\"...\" must be the last element");
        }
    }

    private void CheckTime(double? seconds, string path) => Require(
        seconds is null or (>= 0 and <= CommandRule.MostSeconds),
        path + ".timeout_seconds",
        "must be up to 2592000, or 0 for no limit");

    private void CheckTree(string directory, string path)
    {
        Require(IsAbsolute(directory), path, "must be an absolute path");
        Require(!directory.Split('/').Contains(".."), path, "must not contain \"..\"");
    }

    private void CheckForward(string entry, string path)
    {
        if (entry.StartsWith('/'))
        {
            CheckTree(entry, path);
        }
        else if (ForwardPattern.TryParse(entry, out _) is { } fault)
        {
            _found.Add(new SettingsFault(path, fault));
        }
    }

    private void CheckProgram(string program, string path)
    {
        CheckTree(program, path);
        Require(program.Split('/')[^1] is not ("" or "."), path, "must end in the name of a program");
    }

    private void CheckRuntime(RuntimeRule rule, string path)
    {
        CheckProgram(rule.Command, path + ".command");
        Require(IsInside(rule.File), path + ".file", "must be a relative path without ..");
        Require(rule.User is null or { Length: > 0 }, path + ".user", "must not be empty");
        Require(rule.User != CommandRule.AnyUser, path + ".user", "must be one user: a request cannot name another");
        CheckTime(rule.TimeoutSeconds, path);
        Require(rule.MaxOutputBytes is null or >= 0, path + ".max_output_bytes", "must not be negative");
        Require(IsAbsolute(rule.Directory), path + ".directory", "must be an absolute path");
        Require(rule.MaxFiles is >= 1 and <= 1_000_000, path + ".max_files", "must be from 1 to 1000000");
        foreach (string name in (rule.SetEnv ?? new Dictionary<string, string>()).Keys)
        {
            Require(VariableName.IsValid(name), $"{path}.set_env.{name}", "is no name of a variable");
        }

        Require(rule.MaxUnpackedBytes >= 1, path + ".max_unpacked_bytes", "must be above 0");
        Require(
            rule.Args.Any(word => word.Contains(RuntimeRule.FilePlaceholder, StringComparison.Ordinal)),
            path + ".args",
            $"has no {RuntimeRule.FilePlaceholder}, so that the program would never be run");
        CheckConfinement(rule, path);
    }

    private void CheckConfinement(RuntimeRule rule, string path)
    {
        bool isConfined = rule.Confinement != RuntimeRule.Unconfined;
        Require(
            rule.Confinement is RuntimeRule.BestEffort or RuntimeRule.Required or RuntimeRule.Unconfined,
            path + ".confinement",
            "must be \"best-effort\", \"required\" or \"none\"");
        Require(rule.Network is RuntimeRule.Shared or RuntimeRule.NoNetwork, path + ".network", "must be \"shared\" or \"none\"");
        Require(isConfined || rule.Network == RuntimeRule.Shared, path + ".network", "needs a confinement");
        // Less than the program's first process, a small .NET program, needs itself.
        Require(rule.MemoryBytes is null or >= 16 * 1024 * 1024, path + ".memory_bytes", "must be at least 16777216");
        Require(rule.MaxProcesses is null or >= 1 and <= 1_000_000, path + ".max_processes", "must be from 1 to 1000000");
        Require(rule.CpuPercent is null or >= 1 and <= 100_000, path + ".cpu_percent", "must be from 1 to 100000");
        Require(isConfined || rule.MemoryBytes is null, path + ".memory_bytes", "needs a confinement");
        Require(isConfined || rule.MaxProcesses is null, path + ".max_processes", "needs a confinement");
        Require(isConfined || rule.CpuPercent is null, path + ".cpu_percent", "needs a confinement");
        foreach ((int index, string place) in (rule.WritePaths ?? []).Index())
        {
            Require(IsAbsolute(place) && !place.Split('/').Contains(".."), $"{path}.write_paths[{index}]", "must be an absolute path without ..");
            Require(
                !IsBelow(place, "/tmp") && !IsBelow(place, rule.Directory),
                $"{path}.write_paths[{index}]",
                "is hidden from programs, which have a /tmp of their own and see of \"directory\" only what is theirs");
        }
    }

    private void CheckLimits(LimitSettings limits, SoundParts parts)
    {
        void Range(double value, double low, double high, string name) => Require(
            value >= low && value <= high,
            "$.limits." + name,
            string.Create(CultureInfo.InvariantCulture, $"must be from {low} to {high}"));

        Range(limits.MaxConnections, 1, 4096, "max_connections");
        Range(limits.MaxMessageBytes, 4096, 64 * 1024 * 1024, "max_message_bytes");
        Range(limits.MaxConcurrentRequests, 1, 1024, "max_concurrent_requests");
        Range(limits.MaxConcurrentCommands, 1, 1024, "max_concurrent_commands");
        Require(
            limits.MaxCommandSeconds is 0 or (>= 0.1 and <= 7 * 24 * 3600),
            "$.limits.max_command_seconds",
            "must be from 0.1 to 604800, or 0 for no limit");
        Range(limits.KillGraceSeconds, 0, 60, "kill_grace_seconds");
        Range(limits.DrainSeconds, 0, 60, "drain_seconds");
        Range(limits.MaxUnreadReplyBytes, 64 * 1024, 256 * 1024 * 1024, "max_unread_reply_bytes");
        Range(limits.MaxFileBytes, 0, 1024 * 1024 * 1024, "max_file_bytes");
        Range(limits.MaxUploads, 0, 1024, "max_uploads");
        Range(limits.MaxUploadBytes, 0, 1L << 50, "max_upload_bytes");
        Range(limits.MaxForwards, 0, 4096, "max_forwards");
        Range(limits.MaxRequestsPerSecond ?? 1, 0.1, 1_000_000, "max_requests_per_second");
        CheckOutput(limits, parts);
        Range(limits.MaxMemoryBytes ?? MemoryLimits.Least, MemoryLimits.Least, 1L << 40, "max_memory_bytes");
        // By default the guest's memory decides, and a message is no longer than that allows; nor is it by its own default.
        Require(
            limits.MaxMemoryBytes is not >= MemoryLimits.Least || !parts.Has("limits.max_message_bytes")
                || limits.MaxMessageBytes <= limits.Memory.LongestMessage,
            "$.limits.max_memory_bytes",
            $"is too little for max_message_bytes: it allows messages of {limits.Memory.LongestMessage} bytes");
    }

    // A default gives way to what is written; the fault is of what somebody has written.
    private void CheckOutput(LimitSettings limits, SoundParts parts)
    {
        string because = parts.Has("limits.max_message_bytes")
            ? $"so that a result fits into max_message_bytes, {limits.MaxMessageBytes}"
            : $"so that a result fits into a message; for more, set max_message_bytes, {limits.MaxMessageBytes} by default";
        Require(
            !parts.Has("limits.max_output_bytes") || (limits.MaxOutputBytes >= 0 && limits.MaxOutputBytes <= limits.MostOutputBytes),
            "$.limits.max_output_bytes",
            $"must be from 0 to {limits.MostOutputBytes}, {because}");
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

    private static bool IsBelow(string path, string tree) =>
        path == tree || path.StartsWith(tree.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);
}
