using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Cli.Live;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Verbs;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Guests;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Facts of a hostile guest, as guestctl shows them: any numbers and any text give lines without commands for a terminal.</summary>
internal sealed class GuestAnswersTarget() : GuestTarget(
    TargetName, "filesystems", "unavailable", "interfaces", "routes", "dns", "entries", "more", "name", "type", "size_bytes", "link_target",
    "processes", "truncated", "state", "threads", "memory_kb", "cpu_time_ms", "started_ms", "mtu", "statistics", "total_bytes", "used_percent")
{
    /// <summary>Its name.</summary>
    public const string TargetName = "guest-answers";

    private const int Width = 40;

    /// <inheritdoc/>
    protected override async Task AskAsync(GuestClient client, int inputLength)
    {
        bool human = inputLength % 2 == 0;
        int? width = inputLength % 4 == 0 ? null : Width;
        await TryAsync(async () => Show(await client.GetDiskUsageAsync(), human, width));
        await TryAsync(async () => Show(await client.GetNetworkInfoAsync(), human));
        await TryAsync(async () =>
        {
            FileStatResult file = await client.Files.StatAsync("/f");
            Check(StatVerb.Describe(file, TimeZoneInfo.Utc), null);
        });
        await TryAsync(async () => Show(await CollectAsync(client.Files.ListAsync("/d")), human));
        await TryAsync(async () => Check(
            Cli.Output.Processes.Table(await CollectAsync(client.Processes.ListAsync()), TimeZoneInfo.Utc, width), width));
        await TryAsync(async () => Print(await client.GetSystemInfoAsync(), GetSystemInfoJson.Default.SystemInfo));
        await TryAsync(async () => _ = await client.Clock.GetAsync());
        await TryAsync(async () =>
        {
            await foreach (TelemetryReport report in client.WatchTelemetryAsync(TimeSpan.FromSeconds(1)))
            {
                Check(TelemetryPicture.Lines(report, width), width);
                Check([TelemetryLine.Text(report)], null);
                Print(report, TelemetrySubscribeJson.Default.TelemetryReport);
            }
        });
    }

    private static void Show(DiskUsage usage, bool human, int? width)
    {
        Print(usage, GetDiskUsageJson.Default.DiskUsage);
        Check(FileSystems.Space(usage, human, width), null);
        Check(FileSystems.Inodes(usage, width), null);
    }

    private static void Show(NetworkInfo network, bool human)
    {
        Print(network, GetNetworkInfoJson.Default.NetworkInfo);
        Check(Cli.Output.Network.Addresses(network), null);
        Check(Cli.Output.Network.Links(network, human), null);
        Check(Cli.Output.Network.Routes(network), null);
        Check(Cli.Output.Network.Resolvers(network), null);
    }

    private static void Show(List<FileEntry> entries, bool human)
    {
        Check(Listing.Names(entries), null);
        Check(Listing.Columns(entries, Width), null);
        Check(Listing.Long(entries, human, TimeZoneInfo.Utc), null);
    }

    private static async Task<List<T>> CollectAsync<T>(IAsyncEnumerable<T> items)
    {
        List<T> all = [];
        await foreach (T item in items)
        {
            all.Add(item);
        }

        return all;
    }

    // For programs: what came can be said again.
    private static void Print<T>(T value, JsonTypeInfo<T> shape) =>
        PropertyException.Require(JsonSerializer.SerializeToUtf8Bytes(value, shape).Length > 0, "there is JSON");

    // As Report prints them.
    private static void Check(IEnumerable<string> lines, int? width)
    {
        foreach (string line in lines)
        {
            string shown = GuestText.OneLine(line, int.MaxValue);
            PropertyException.RequireHarmless(HarmlessText.IsLine(shown), "what is shown is one harmless line", shown);
            PropertyException.Require(width is not { } cells || DisplayText.Width(shown) <= cells, "what is shown fits", shown);
        }
    }
}
