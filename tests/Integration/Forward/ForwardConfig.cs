using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary>Configurations that allow to forward.</summary>
internal static class ForwardConfig
{
    /// <summary>Every port of loopback both ways.</summary>
    public static AgentConfig Loopback(JsonObject? limits = null) => With(["localhost:*"], ["localhost:*"], limits);

    /// <summary>What these entries allow.</summary>
    public static AgentConfig With(string[] connect, string[] listen, JsonObject? limits = null) => new()
    {
        Policy = new JsonObject
        {
            ["forward"] = new JsonObject
            {
                ["connect"] = new JsonArray([.. connect.Select(entry => (JsonNode)entry)]),
                ["listen"] = new JsonArray([.. listen.Select(entry => (JsonNode)entry)]),
            },
        },
        Limits = limits ?? [],
    };
}
