using System.Text.Json.Nodes;
using CliWrap;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>What curl(1) got: the plainest host of this dialect, which is none of ours.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The header lines, in small letters.</param>
/// <param name="Body">The body.</param>
internal sealed record Curl(int Status, IReadOnlyList<string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The body's lines as JSON.</summary>
    public IReadOnlyList<JsonNode> JsonLines =>
        [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    /// <summary>The number of an error.</summary>
    public int Code => (int)Json["code"]!;

    /// <summary>The value of a header; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>Asks an agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="arguments">Arguments of curl besides.</param>
    public static async Task<Curl> AskAsync(RunningAgent agent, string path, params string[] arguments)
    {
        Command command = Cli.Wrap("curl").WithArguments(
            ["-sS", "-i", "--path-as-is", "--unix-socket", agent.SocketPath, .. arguments, "http://guest" + path]);
        ProgramRun run = await ProgramRun.RunAsync(command, TestTimeouts.Answer);
        return run.ExitCode == 0 ? Parse(run.Output) : throw new IOException($"curl ended with {run.ExitCode}: {run.Error}");
    }

    /// <summary>Calls an operation.</summary>
    public static Task<Curl> CallAsync(RunningAgent agent, string operation, string parameters, params string[] arguments) =>
        AskAsync(agent, "/v1/" + operation, ["--data-binary", parameters, .. arguments]);

    private static Curl Parse(string output)
    {
        // An interim response, as to Expect, comes before the one that counts.
        string[] parts = output.Split("\r\n\r\n", 2);
        while (parts[0].StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
        {
            parts = parts[1].Split("\r\n\r\n", 2);
        }

        string[] head = parts[0].Split("\r\n");
        string[] headers = [.. head[1..].Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant()
            + line[line.IndexOf(':', StringComparison.Ordinal)..])];
        return new Curl(int.Parse(head[0].Split(' ')[1], null), headers, parts[1]);
    }
}
