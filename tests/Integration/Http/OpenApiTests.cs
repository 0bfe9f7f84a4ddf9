using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>The document of the dialect, held against the agent that serves it.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Each_path_is_there_with_the_methods_that_are_told_and_no_others()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        JsonObject paths = await PathsAsync(agent);
        foreach ((string path, JsonNode? item) in paths)
        {
            Curl answer = await Curl.AskAsync(agent, path.Replace("{token}", "x", StringComparison.Ordinal), "-X", "BREW");
            IEnumerable<string> told = item!.AsObject().Select(member => member.Key.ToUpperInvariant()).Where(method => method != "PARAMETERS");
            IEnumerable<string> allowed = answer.Header("allow")!.Split(", ");

            Assert.Equal(405, answer.Status);
            // HEAD is where GET is, and said once.
            Assert.Equal(told.Order(), allowed.Where(method => method != "HEAD" || !allowed.Contains("GET")).Order());
        }
    }

    [Fact]
    public async Task It_has_the_name_that_hosts_of_the_replaced_agent_ask_for()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();

        Assert.Equal((await Curl.AskAsync(agent, "/v1/openapi.json")).Body, (await Curl.AskAsync(agent, "/v1/openapi")).Body);
    }

    [Fact]
    public async Task Each_operation_of_the_agent_is_in_it()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        JsonObject paths = await PathsAsync(agent);
        string[] conversation = ["hello", "cancel", "reply_received", "session_status", "attached_content", "sparse_files"];
        IEnumerable<string> operations = (await Curl.CallAsync(agent, "get_agent_info", "{}")).Json["capabilities"]!.AsArray()
            .Select(name => (string)name!).Except(conversation);

        Assert.Equal(
            operations.Order(StringComparer.Ordinal),
            paths.Where(path => path.Value!["post"] is not null).Select(path => path.Key["/v1/".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_an_operation_says_is_what_is_told_of_it()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        JsonObject paths = await PathsAsync(agent);
        foreach (string operation in (string[])["ping", "get_agent_info", "get_system_info", "get_network_info", "get_disk_usage", "time_get"])
        {
            Curl answer = await Curl.CallAsync(agent, operation, "{}");
            JsonObject schema = paths["/v1/" + operation]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!.AsObject();

            Assert.Equal(200, answer.Status);
            Assert.Subset(
                schema["properties"]!.AsObject().Select(member => member.Key).ToHashSet(),
                answer.Json.AsObject().Where(member => member.Value is not null).Select(member => member.Key).ToHashSet());
            Assert.All(schema["required"]?.AsArray() ?? [], name => Assert.True(answer.Json.AsObject().ContainsKey((string)name!)));
        }
    }

    private static async Task<JsonObject> PathsAsync(RunningAgent agent)
    {
        Curl answer = await Curl.AskAsync(agent, "/v1/openapi.json");
        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("content-type")));
        Assert.Equal("3.1.0", (string?)answer.Json["openapi"]);
        return answer.Json["paths"]!.AsObject();
    }
}
