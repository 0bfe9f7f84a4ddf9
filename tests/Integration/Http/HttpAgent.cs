using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>An agent whose socket speaks HTTP.</summary>
internal static class HttpAgent
{
    /// <summary>Starts it: any command is allowed, and files below <c>tree</c> of its directory.</summary>
    /// <param name="limits">Limits that differ from the defaults.</param>
    /// <param name="listener">Members of the listener besides.</param>
    public static Task<RunningAgent> StartAsync(JsonObject? limits = null, JsonObject? listener = null)
    {
        var place = new TemporaryDirectory();
        Directory.CreateDirectory(place["tree"]);
        var config = new AgentConfig
        {
            Policy = new JsonObject
            {
                ["commands"] = "any",
                ["read_paths"] = new JsonArray(place["tree"]),
                ["write_paths"] = new JsonArray(place["tree"]),
            },
            Limits = limits ?? [],
            Listener = With(listener?.DeepClone().AsObject() ?? []),
        };
        return RunningAgent.StartAsync(config, place, ownsDirectory: true);
    }

    private static JsonObject With(JsonObject listener)
    {
        listener["dialect"] = "http";
        return listener;
    }
}
