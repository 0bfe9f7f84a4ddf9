using System.Globalization;

namespace GuestAgent.Settings;

/// <summary>Finds values that have the right shape and still make no sense: everything at once, each with its path.</summary>
internal static class SettingsCheck
{
    /// <summary>Lists what is wrong with <paramref name="settings"/>.</summary>
    /// <param name="settings">A configuration whose shape is right.</param>
    /// <param name="operations">Names of the operations that exist.</param>
    /// <param name="dialects">Names of the dialects that exist.</param>
    public static IReadOnlyList<SettingsFault> Find(
        AgentSettings settings, IReadOnlySet<string> operations, IReadOnlySet<string> dialects)
    {
        var faults = new List<SettingsFault>();
        void Require(bool condition, string path, string message)
        {
            if (!condition)
            {
                faults.Add(new SettingsFault(path, message));
            }
        }

        Require(settings.Listeners.Count > 0, "$.listeners", "is empty: the agent would listen nowhere");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < settings.Listeners.Count; i++)
        {
            ListenerSettings listener = settings.Listeners[i];
            string path = $"$.listeners[{i}]";
            Require(names.Add(listener.Name), path, $"{listener.Name} is listed twice");
            Require(
                dialects.Contains(listener.Dialect),
                path + ".dialect",
                $"is unknown; known: {string.Join(", ", dialects.Order(StringComparer.Ordinal))}");
            foreach ((int index, string operation) in (listener.Operations ?? []).Index())
            {
                Require(operations.Contains(operation), $"{path}.operations[{index}]", $"no operation is named {operation}");
            }

            CheckAddress(listener, path, Require);
        }

        foreach ((int index, CommandRule rule) in (settings.Policy.Commands.Rules ?? []).Index())
        {
            CheckRule(rule, $"$.policy.commands[{index}]", Require);
        }

        CheckPaths(settings.Policy.ReadPaths, "$.policy.read_paths", Require);
        CheckPaths(settings.Policy.WritePaths, "$.policy.write_paths", Require);
        CheckLimits(settings.Limits, Require);
        return faults;
    }

    /// <summary>Permission bits of an octal mode such as <c>0660</c>; null when it is none.</summary>
    public static int? ParseMode(string mode)
    {
        if (mode.Length is < 3 or > 4 || mode.Any(c => c is < '0' or > '7'))
        {
            return null;
        }

        int bits = mode.Aggregate(0, (value, digit) => (value * 8) + (digit - '0'));
        return bits <= 0x1FF ? bits : null;
    }

    private static void CheckAddress(ListenerSettings listener, string path, Action<bool, string, string> require)
    {
        switch (listener)
        {
            case UnixListenerSettings unix:
                require(IsAbsolute(unix.Path), path + ".path", "must be an absolute path");
                // sockaddr_un.sun_path, unix(7): 108 bytes with the final NUL.
                require(System.Text.Encoding.UTF8.GetByteCount(unix.Path) <= 107, path + ".path", "is longer than 107 bytes");
                require(ParseMode(unix.Mode) is not null, path + ".mode", "must be octal permissions such as \"0660\"");
                break;
            case VirtioSerialListenerSettings serial:
                require(
                    serial.Port.Length > 0 && !serial.Port.Contains('/', StringComparison.Ordinal) && serial.Port is not ("." or ".."),
                    path + ".port",
                    "must be the name of a port, not a path");
                break;
            default:
                throw new InvalidOperationException($"no rules for {listener.GetType()}");
        }
    }

    private static void CheckRule(CommandRule rule, string path, Action<bool, string, string> require)
    {
        require(IsAbsolute(rule.Path), path + ".path", "must be an absolute path");
        require(rule.User is null or { Length: > 0 }, path + ".user", "must not be empty");
        require(rule.TimeoutSeconds is null or > 0, path + ".timeout_seconds", "must be above 0");
        require(rule.MaxOutputBytes is null or >= 0, path + ".max_output_bytes", "must not be negative");
        IReadOnlyList<string> args = rule.Args ?? [];
        for (int i = 0; i < args.Count - 1; i++)
        {
            require(args[i] != CommandRule.MoreArguments, $"{path}.args[{i}]", "\"...\" must be the last element");
        }
    }

    private static void CheckPaths(IReadOnlyList<string> paths, string path, Action<bool, string, string> require)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            require(IsAbsolute(paths[i]), $"{path}[{i}]", "must be an absolute path");
        }
    }

    private static void CheckLimits(LimitSettings limits, Action<bool, string, string> require)
    {
        void Range(double value, double low, double high, string name) => require(
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
        // Two outputs, and in the worst case six bytes of JSON (\u0000) for one byte of output.
        Range(limits.MaxOutputBytes, 0, (limits.MaxMessageBytes - 2048) / 12, "max_output_bytes");
    }

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);
}
