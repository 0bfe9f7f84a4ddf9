using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>An agent that speaks the workload dialect and knows runtimes for the shell, Python and Node.js.</summary>
internal static class WorkloadAgent
{
    /// <summary>
    /// Starts it; programs have their directories in <c>work</c> of the agent's directory, those of <c>sh-elsewhere</c> in
    /// <c>elsewhere</c>, and may change <c>shared</c>. None of it is in <c>/tmp</c>, of which they have their own.
    /// </summary>
    /// <param name="limits">Limits that differ from the defaults.</param>
    /// <param name="rule">Members of the runtimes' rules besides.</param>
    /// <param name="wrapper">As for <see cref="RunningAgent.StartAsync"/>.</param>
    public static Task<RunningAgent> StartAsync(
        JsonObject? limits = null, JsonObject? rule = null, IReadOnlyList<string>? wrapper = null)
    {
        var place = new TemporaryDirectory("/var/tmp");
        place.OpenForAll();
        Directory.CreateDirectory(place["work"]);
        Directory.CreateDirectory(place["elsewhere"]);
        Directory.CreateDirectory(place["shared"]);
        return RunningAgent.StartAsync(Config(place, limits, rule ?? []), place, wrapper: wrapper);
    }

    /// <summary>Entries of the directory in which programs have theirs.</summary>
    public static string[] Directories(RunningAgent agent) => Directory.GetFileSystemEntries(agent.Directory["work"]);

    /// <summary>A request to run a script.</summary>
    public static JsonObject Script(string code, double seconds = 30, string runtime = "sh") =>
        new() { ["runtime"] = runtime, ["code"] = code, ["timeout_s"] = seconds };

    /// <summary>A request to run a script whose processes can be found (<see cref="MarkedProcesses"/>).</summary>
    public static JsonObject Marked(string mark, string code, double seconds = 30)
    {
        JsonObject request = Script(code, seconds);
        request["env"] = new JsonObject { [MarkedProcesses.Variable] = mark };
        return request;
    }

    private static AgentConfig Config(TemporaryDirectory place, JsonObject? limits, JsonObject rule)
    {
        JsonObject elsewhere = Rule("/bin/sh", "main.sh", place, rule);
        elsewhere["directory"] = place["elsewhere"];
        return new()
        {
            Policy = new JsonObject
            {
                ["runtimes"] = new JsonObject
                {
                    ["sh"] = Rule("/bin/sh", "main.sh", place, rule),
                    ["sh-elsewhere"] = elsewhere,
                    ["python"] = Rule("/usr/bin/python3", "main.py", place, rule),
                    ["node"] = Rule("/usr/bin/node", "index.js", place, rule),
                },
            },
            Limits = limits ?? [],
            Listener = new JsonObject { ["dialect"] = "workload" },
        };
    }

    private static JsonObject Rule(string command, string file, TemporaryDirectory place, JsonObject more)
    {
        var rule = new JsonObject
        {
            ["command"] = command,
            ["file"] = file,
            ["env"] = new JsonArray(MarkedProcesses.Variable),
            ["directory"] = place["work"],
            ["write_paths"] = new JsonArray(place["shared"]),
        };
        foreach ((string name, JsonNode? value) in more)
        {
            rule[name] = value?.DeepClone();
        }

        return rule;
    }
}
