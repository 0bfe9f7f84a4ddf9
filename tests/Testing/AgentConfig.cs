using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Testing;

/// <summary>A configuration with one Unix socket that speaks the native dialect.</summary>
public sealed class AgentConfig
{
    private static readonly string[] DefaultRules = [];

    /// <summary>What is allowed; nothing by default.</summary>
    public JsonObject Policy { get; init; } = [];

    /// <summary>Limits that differ from the defaults.</summary>
    public JsonObject Limits { get; init; } = [];

    /// <summary>Members of the listener besides transport, path and dialect.</summary>
    public JsonObject Listener { get; init; } = new() { ["announce"] = false };

    /// <summary>Listeners besides the socket, which open before it.</summary>
    public JsonArray MoreListeners { get; init; } = [];

    /// <summary>Nothing is allowed.</summary>
    public static AgentConfig Default { get; } = new();

    /// <summary>Every command is allowed.</summary>
    public static AgentConfig AnyCommand { get; } = WithLimits([]);

    /// <summary>Every command is allowed, with limits.</summary>
    public static AgentConfig WithLimits(JsonObject limits) =>
        new() { Policy = new JsonObject { ["commands"] = "any" }, Limits = limits };

    /// <summary>What these rules allow; each is the JSON of one rule.</summary>
    public static AgentConfig WithRules(params string[] rules) => new()
    {
        Policy = new JsonObject
        {
            ["commands"] = new JsonArray([.. (rules ?? DefaultRules).Select(rule => JsonNode.Parse(rule))]),
        },
    };

    /// <summary>Everything below a directory may be read and changed.</summary>
    public static AgentConfig WithFiles(string directory, JsonObject? limits = null) => new()
    {
        Policy = new JsonObject { ["read_paths"] = new JsonArray(directory), ["write_paths"] = new JsonArray(directory) },
        Limits = limits ?? [],
    };

    /// <summary>The same, with a listener that serves these operations alone.</summary>
    public AgentConfig Serving(params string[] operations) => new()
    {
        Policy = Policy,
        Limits = Limits,
        MoreListeners = MoreListeners,
        Listener = new JsonObject
        {
            ["announce"] = false,
            ["operations"] = new JsonArray([.. operations.Select(name => (JsonNode)name)]),
        },
    };

    /// <summary>The text of the file.</summary>
    /// <param name="socketPath">Where the agent listens.</param>
    public string ToJson(string socketPath)
    {
        var listener = new JsonObject { ["transport"] = "unix", ["path"] = socketPath, ["dialect"] = "jsonrpc" };
        foreach ((string name, JsonNode? value) in Listener)
        {
            listener[name] = value?.DeepClone();
        }

        return new JsonObject
        {
            ["listeners"] = new JsonArray([.. MoreListeners.Select(other => other!.DeepClone()), listener]),
            ["policy"] = Policy.DeepClone(),
            ["limits"] = Limits.DeepClone(),
            ["state_directory"] = Path.Combine(Path.GetDirectoryName(socketPath)!, "state"),
        }.ToJsonString();
    }
}
