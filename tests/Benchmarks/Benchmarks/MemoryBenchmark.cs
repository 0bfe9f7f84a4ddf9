using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Looks at the memory before any host was there, and some time after many requests.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const string Kinds = "RSS / PSS / private dirty";
    private const double IdleTarget = 7e6;
    private const double LoadedTarget = 9.5e6;

    public async Task RunAsync(ISite site, Effort effort, Report report)
    {
        await AddAsync($"{Kinds}, idle", IdleTarget, effort, site, report);
        using (NativeClient ours = site.ConnectOurs())
        {
            Load(ours, effort);
        }

        using (IAgentClient theirs = site.ConnectTheirs())
        {
            Load(theirs, effort);
        }

        await AddAsync(
            $"  {effort.LoadPings} pings, {effort.LoadCommands} commands later", LoadedTarget, effort, site, report);
    }

    private static void Load(IAgentClient client, Effort effort)
    {
        Samples.Take(effort.LoadPings, client.Ping);
        Samples.Take(effort.LoadCommands, client.RunTrue);
    }

    private static async Task AddAsync(string what, double target, Effort effort, ISite site, Report report)
    {
        await Task.Delay(effort.QuietTime);
        ProcessFigures ours = await site.InspectOursAsync();
        ProcessFigures theirs = await site.InspectTheirsAsync();
        report.Add(
            what, Figure.Of(ours), Figure.Of(theirs), $"RSS < {Figure.Of(target / 1e6, "MB")}", ours.ResidentBytes < target);
    }
}
