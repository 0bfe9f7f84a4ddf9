using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>Every conversation in Transcripts/jsonrpc, against the published agent.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Transcript.Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_agent_talks_as_written(string name)
    {
        Transcript transcript = Transcript.Load(name);
        await using RunningAgent agent = await RunningAgent.StartAsync(await ConfigAsync(transcript.Config));
        using RawClient client = await agent.ConnectAsync();
        await new TranscriptRun(transcript, client).PlayAsync();
    }

    private static async Task<AgentConfig> ConfigAsync(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Transcripts", "configs", name + ".json");
        JsonObject json = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        return new AgentConfig
        {
            Policy = Section("policy"),
            Limits = Section("limits"),
            Listener = Section("listener"),
            MoreListeners = json["more_listeners"]?.DeepClone().AsArray() ?? [],
        };

        JsonObject Section(string section) => json[section]?.DeepClone().AsObject() ?? [];
    }
}
