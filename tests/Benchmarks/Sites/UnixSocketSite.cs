using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;

namespace GuestAgent.Benchmarks.Sites;

/// <summary>Runs both agents on this machine, each on its Unix socket.</summary>
internal sealed class UnixSocketSite : ISite
{
    private readonly UnixSocketAgent _ours;
    private readonly UnixSocketAgent _theirs;
    private readonly Peer _peer;

    private UnixSocketSite(UnixSocketAgent ours, UnixSocketAgent theirs, Peer peer)
    {
        _ours = ours;
        _theirs = theirs;
        _peer = peer;
    }

    public bool TakesSecondConnection => true;

    public bool HasRealSpeed => true;

    /// <summary>Starts both; no host has been attached to them.</summary>
    /// <param name="peer">Whom our agent is compared with.</param>
    public static async Task<UnixSocketSite> StartAsync(Peer peer)
    {
        UnixSocketSite site = new(UnixSocketAgent.StartOurs(), peer.Start(), peer);
        try
        {
            await site._ours.WaitUntilBoundAsync();
            await site._theirs.WaitUntilBoundAsync();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public Peer Peer => _peer;

    public UnixSocketAgent Ours => _ours;

    public UnixSocketAgent Theirs => _theirs;

    public NativeClient ConnectOurs() => _ours.Connect(path => new NativeClient(path));

    public IAgentClient ConnectTheirs() => _theirs.Connect(_peer.Connect);

    public Task<ProcessFigures> InspectOursAsync() => InspectAsync(_ours);

    public Task<ProcessFigures> InspectTheirsAsync() => InspectAsync(_theirs);

    public async ValueTask DisposeAsync()
    {
        await _ours.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    private static async Task<ProcessFigures> InspectAsync(UnixSocketAgent agent)
    {
        string process = $"/proc/{agent.ProcessId}";
        string text = await File.ReadAllTextAsync(process + "/smaps_rollup");
        foreach (string task in Directory.EnumerateDirectories(process + "/task"))
        {
            text += await File.ReadAllTextAsync(task + "/status");
        }

        return ProcessFigures.Parse(text);
    }
}
