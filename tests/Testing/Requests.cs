using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Testing;

/// <summary>Lines of well-formed requests.</summary>
public static class Requests
{
    /// <summary>A request with any parameters.</summary>
    public static string Call(JsonNode? id, string method, JsonObject? parameters = null)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id?.DeepClone(), ["method"] = method };
        if (parameters is not null)
        {
            request["params"] = parameters.DeepClone();
        }

        return request.ToJsonString();
    }

    /// <summary><c>ping</c>.</summary>
    public static string Ping(JsonNode? id) => Call(id, "ping");

    /// <summary><c>cancel</c> of the request <paramref name="target"/>.</summary>
    public static string Cancel(JsonNode? id, JsonNode target) => Call(id, "cancel", new JsonObject { ["id"] = target });

    /// <summary><c>exec_command</c>.</summary>
    public static string Exec(JsonNode? id, string command, IEnumerable<string>? args = null, JsonObject? more = null)
    {
        JsonObject parameters = more?.DeepClone().AsObject() ?? [];
        parameters["command"] = command;
        if (args is not null)
        {
            parameters["args"] = new JsonArray([.. args.Select(arg => (JsonNode)arg)]);
        }

        return Call(id, "exec_command", parameters);
    }

    /// <summary><c>exec_command</c> of a shell script.</summary>
    public static string Shell(JsonNode? id, string script, JsonObject? more = null) =>
        Exec(id, "/bin/sh", ["-c", script], more);
}
