using System.Text;
using System.Text.Json;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Info;
using GuestAgent.Execution;
using GuestAgent.Machine;
using GuestAgent.Network;
using GuestAgent.Processes;
using GuestAgent.Storage;
using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>The parsers of /proc, /sys, /etc, utmp and rtnetlink.</summary>
internal static class ParserTargets
{
    /// <summary>A target for each.</summary>
    public static IReadOnlyList<(string Name, Func<FuzzTarget> Make)> All { get; } =
    [
        Text("os-release", OsReleaseText, "NAME=", "VERSION_ID=", "ID=", "PRETTY_NAME=", "\"", "'", "\\", "$"),
        Text("proc-stat", ProcStat, "cpu ", "cpu0 ", "cpu8191 ", "procs_running ", "procs_blocked ", "intr ", "btime "),
        Text("loadavg", Load, "0.00 ", "1/2 ", "1e400 ", "-1 ", "NaN "),
        Text("meminfo", Memory, "MemTotal: ", "MemAvailable: ", "MemFree: ", "Buffers: ", "Cached: ", "SwapTotal: ", "SwapFree: ", " kB"),
        Binary("utmp", Utmp),
        Text("logind-session", Session, "USER=", "CLASS=user", "STATE=closing", "TTY=", "REMOTE_HOST=", "REALTIME="),
        Text("time-zone", Zone, "zoneinfo/", "posix/", "right/", "Europe/Berlin", "../"),
        Text("resolv-conf", Resolver, "nameserver ", "search ", "domain ", "options ", "# "),
        Text("mountinfo", Mounts, " - ", "0:1", "8:1", " / ", "ro", "rw", "shared:1", "master:1", "btrfs", "nfs4", "fuse.x", "overlay", "ext4"),
        Text("diskstats", Disks, "sda", "nvme0n1", "cciss!c0d0"),
        Text("passwd", Passwd, ":", "root", "x", "0", "/bin/sh", "+::::::", "4294967295"),
        Text("group", Group, ":", "root", "x", "0", ",", "+:::"),
        Text("cgroup", Cgroup, "0::", "0::/", " - cgroup2 ", "/sys/fs/cgroup", "name=systemd", " / ", "/.."),
        Text("pid-stat", PidStat, "(", ")", " ", "1 (a) S 1 "),
        Text("pid-status", PidStatus, "Uid:\t", "Threads:\t", "VmRSS:\t", " kB"),
        Text("pid-cmdline", PidArguments, "\0", "\0\0"),
        Binary("rtnetlink", Netlink),
    ];

    private static (string Name, Func<FuzzTarget> Make) Text(string name, Action<byte[]> parse, params string[] words) =>
        (name, () => new ParserTarget(name, InputForm.Text, parse, words));

    private static (string Name, Func<FuzzTarget> Make) Binary(string name, Action<byte[]> parse) =>
        (name, () => new ParserTarget(name, InputForm.Binary, parse));

    private static void OsReleaseText(byte[] input)
    {
        OsRelease release = OsRelease.Parse(input);
        Require(release.Name.Length > 0, "a guest has a name");
        foreach (string? text in (string?[])[release.Name, release.Version, release.Id, release.PrettyName])
        {
            Require((text?.Length ?? 0) <= 1024, "a text is bounded");
        }
    }

    private static void ProcStat(byte[] input)
    {
        KernelCounters counters = KernelCounters.Parse(input);
        Require(counters.PerCpu.Count <= 8192, "processors are bounded");
        CpuTimes since = counters.All.Since(CpuTimes.None);
        Require(Math.Min(Math.Min(since.User, since.System), Math.Min(since.Idle, since.Steal)) >= 0, "no time is negative");
    }

    private static void Load(byte[] input)
    {
        IReadOnlyList<double> load = LoadAverage.Parse(input);
        Require(load.Count == 3 && load.All(double.IsFinite), "there are three numbers that JSON has");
    }

    private static void Memory(byte[] input) => _ = MemoryFacts.Parse(input);

    private static void Utmp(byte[] input)
    {
        foreach (int size in (int[])[384, 400])
        {
            foreach (UserSession session in LoginRecords.Parse(input, size, static pid => pid % 2 == 0))
            {
                RequireEncodable(session);
                Require(session.Name.Length > 0, "a session has a name");
            }
        }

        _ = LoginRecords.RecordBytes(input.Length);
    }

    private static void Session(byte[] input)
    {
        if (LogindSessions.Parse(Encoding.UTF8.GetString(input)) is { } session)
        {
            RequireEncodable(session);
        }
    }

    private static void Zone(byte[] input)
    {
        if (TimeZoneName.FromLink(Encoding.UTF8.GetString(input)) is { } name)
        {
            Require(name.All(c => char.IsAscii(c) && !char.IsControl(c)) && name.Length is > 0 and < 256, "a zone has a name");
        }
    }

    private static void Resolver(byte[] input)
    {
        ResolverSettings settings = ResolverFile.Parse(input);
        Require(settings.Servers.Count <= 64 && settings.Search.Count <= 64, "entries are bounded");
    }

    private static void Mounts(byte[] input)
    {
        IReadOnlyList<MountEntry> mounts = MountTable.Parse(input);
        IReadOnlyList<MountEntry> systems = MountTable.FileSystems(mounts.Count <= 64 ? mounts : [.. mounts.Take(64)]);
        Require(systems.Count <= 512, "file systems are bounded");
        Require(
            systems.Select(system => (system.Device, system.Volume, system.IsReadOnly)).Distinct().Count() == systems.Count,
            "a volume is told once, or twice when one mount of it is read-only");
        Require(mounts.All(mount => mount.MountPoint.StartsWith('/') && mount.Covers(mount.MountPoint)), "a mount point covers itself");
    }

    private static void Disks(byte[] input)
    {
        IReadOnlyList<DiskCounters> disks = DiskCounters.Parse(input, static name => name.Length % 2 == 1);
        Require(disks.Count <= 256, "disks are bounded");
    }

    private static void Passwd(byte[] input) => Lines(input, static line => PasswdEntry.TryParse(line));

    private static void Group(byte[] input) => Lines(input, static line => GroupEntry.TryParse(line));

    // Both files in one: what has " - " is a mount.
    private static void Cgroup(byte[] input)
    {
        ILookup<bool, string> lines = Encoding.UTF8.GetString(input).Split('\n')
            .ToLookup(line => line.Contains(" - ", StringComparison.Ordinal));
        Require(OwnCgroup.Find(lines[false], lines[true]) is not { } path || !path.EndsWith('/'), "a directory has no slash at its end");
    }

    private static void PidStat(byte[] input)
    {
        if (ProcessStat.TryParse(input) is { } stat)
        {
            _ = stat.IsAlive;
            _ = ProcessDetails.StateWord(stat.State);
        }

        _ = ProcessDetails.TryParse(input);
    }

    private static void PidStatus(byte[] input) => _ = ProcessDetails.ParseStatus(input);

    private static void PidArguments(byte[] input) =>
        Require(ProcessDetails.ParseArguments(input).Count <= input.Length, "arguments are no more than bytes");

    private static void Netlink(byte[] input)
    {
        var names = new Dictionary<int, string> { [2] = "eth0" };
        List<NetworkRoute> routes = [];
        NetlinkMessages messages = new(input);
        while (messages.MoveNext())
        {
            Payload(messages.Payload, names, routes);
        }

        Payload(input, names, routes);
    }

    private static void Payload(ReadOnlySpan<byte> payload, Dictionary<int, string> names, List<NetworkRoute> routes)
    {
        LinkMessage? link = LinkMessage.TryParse(payload);
        Require(link is not { Name.Length: 0 }, "an interface has a name");
        _ = link?.FlagWords();
        Require(AddressMessage.TryParse(payload) is not { Address.Address.Length: 0 }, "an address has a text");
        RouteMessage.Parse(payload, names, routes);
    }

    private static void Lines<T>(byte[] input, Func<string, T?> parse)
        where T : class
    {
        foreach (string line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            _ = parse(line);
        }
    }

    private static void RequireEncodable(UserSession session)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(session, GetSystemInfoJson.Default.UserSession);
        Require(JsonSerializer.Deserialize(json, GetSystemInfoJson.Default.UserSession) == session, "a session comes through JSON");
    }

    private static void Require(bool holds, string property) => PropertyException.Require(holds, property);
}
