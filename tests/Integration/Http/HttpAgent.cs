using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>An agent whose socket speaks HTTP.</summary>
internal static class HttpAgent
{
    /// <summary>Starts it: any command is allowed, and files below <c>tree</c> of its directory.</summary>
    /// <param name="limits">Limits that differ from the defaults.</param>
    /// <param name="listener">Members of the listener besides.</param>
    /// <param name="readPaths">What may be read besides.</param>
    public static Task<RunningAgent> StartAsync(JsonObject? limits = null, JsonObject? listener = null, params string[] readPaths)
    {
        var place = new TemporaryDirectory();
        Directory.CreateDirectory(place["tree"]);
        var config = new AgentConfig
        {
            Policy = new JsonObject
            {
                ["commands"] = "any",
                ["read_paths"] = new JsonArray([place["tree"], .. readPaths]),
                ["write_paths"] = new JsonArray(place["tree"]),
            },
            Limits = limits ?? [],
            Listener = With(listener?.DeepClone().AsObject() ?? []),
        };
        return RunningAgent.StartAsync(config, place, ownsDirectory: true);
    }

    /// <summary>Waits, bounded, until no upload is under way: each holds a file that has no name.</summary>
    public static Task HasNoUploadAsync(RunningAgent agent) => Bounded.UntilAsync(
        () => !agent.Facts.OpenFiles.Any(path => path.EndsWith(" (deleted)", StringComparison.Ordinal)
            && path.StartsWith(agent.Directory["tree"], StringComparison.Ordinal)),
        () => "the end of the upload");

    private static JsonObject With(JsonObject listener)
    {
        listener["dialect"] = "http";
        return listener;
    }
}
