using System.Text.Json.Nodes;
using GuestAgent.Tests.Support;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>An agent that speaks the workload dialect and knows one runtime, the shell.</summary>
internal static class WorkloadAgent
{
    /// <summary>Starts it; programs have their directories in <c>work</c> of the agent's directory.</summary>
    public static Task<RunningAgent> StartAsync(JsonObject? limits = null)
    {
        var place = new TemporaryDirectory();
        Directory.CreateDirectory(place["work"]);
        return RunningAgent.StartAsync(Config(place["work"], limits), place);
    }

    /// <summary>Entries of the directory in which programs have theirs.</summary>
    public static string[] Directories(RunningAgent agent) => Directory.GetFileSystemEntries(agent.Directory["work"]);

    /// <summary>A request to run a script.</summary>
    public static JsonObject Script(string code, double seconds = 30) =>
        new() { ["runtime"] = "sh", ["code"] = code, ["timeout_s"] = seconds };

    private static AgentConfig Config(string directory, JsonObject? limits) => new()
    {
        Policy = new JsonObject
        {
            ["runtimes"] = new JsonObject
            {
                ["sh"] = new JsonObject
                {
                    ["command"] = "/bin/sh",
                    ["file"] = "main.sh",
                    ["env"] = new JsonArray("GREETING"),
                    ["directory"] = directory,
                },
            },
        },
        Limits = limits ?? [],
        Listener = new JsonObject { ["dialect"] = "workload" },
    };
}
