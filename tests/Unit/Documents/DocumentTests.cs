using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Dialects;
using GuestAgent.Operations;
using GuestAgent.Settings;
using Json.Schema;
using Xunit;

namespace GuestAgent.Tests.Unit.Documents;

/// <summary>The documents that are made of types: that they are in the repository as they would be made now, and that they are right.</summary>
public sealed class DocumentTests
{
    private const string Variable = "GUEST_AGENT_WRITE_DOCUMENTS";
    private const string SchemaFile = "agent/Settings/schema.json";
    private const string OpenRpcFile = "openrpc.json";
    private const string OpenApiFile = "agent/Dialects/Http/openapi.json";
    private const string Listener = """{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}""";

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // It lies in each program, where indentation would be a quarter of it.
    private static readonly JsonSerializerOptions WrittenShort = new(Written) { IndentSize = 0 };

    private static readonly JsonSchema Schema = JsonSchema.FromText(SchemaOfSettings.Make().ToJsonString());

    public static TheoryData<string> WrongConfigurations => new(
        """[]""",
        """{}""",
        """{"listeners":[]}""",
        """{"listeners":null}""",
        """{"listeners":[null]}""",
        """{"listeners":[{"path":"/run/a.sock","dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"pigeon","path":"/run/a.sock","dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"unix","path":"a.sock","dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"unix","path":"/run/","dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"latin"}]}""",
        """{"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc","mode":"0999"}]}""",
        """{"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc","operations":["fly"]}]}""",
        """{"listeners":[{"transport":"virtio-serial","port":"/dev/vport0p1","dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"virtio-serial","port":"a","dialect":"workload"}]}""",
        """{"listeners":[{"transport":"vsock","port":0,"dialect":"jsonrpc"}]}""",
        """{"listeners":[{"transport":"vsock","port":1000,"dialect":"jsonrpc","allow_cids":[]}]}""",
        """{"listeners":[{"transport":"vsock","port":1000,"dialect":"jsonrpc","cid":2}]}""",
        With("""{"polcy":{}}"""),
        With("""{"state_directory":"var"}"""),
        With("""{"policy":{"comands":[]}}"""),
        With("""{"policy":{"commands":"all"}}"""),
        With("""{"policy":{"commands":[{"args":[]}]}}"""),
        With("""{"policy":{"commands":[{"path":"true"}]}}"""),
        With("""{"policy":{"commands":[{"path":"/usr/../bin/true"}]}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/"}]}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/true","args":[7]}]}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/true","user":""}]}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/true","timeout_seconds":-1}]}}"""),
        With("""{"limits":{"max_command_seconds":0.05}}"""),
        With("""{"policy":{"read_paths":["srv"]}}"""),
        With("""{"policy":{"write_paths":["/srv/.."]}}"""),
        With("""{"policy":{"power":"yes"}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh"}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"/main.sh"}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh","args":["main.sh"]}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh","user":"*"}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh","confinement":"some"}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh","set_env":{"A B":"1"}}}}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh","write_paths":["/tmp"]}}}}"""),
        With("""{"limits":{"max_connections":0}}"""),
        With("""{"limits":{"max_message_bytes":1.5}}"""),
        With("""{"limits":{"max_memory_bytes":1000}}"""),
        With("""{"limits":{"drain_seconds":61}}"""));

    public static TheoryData<string> RightConfigurations => new(
        With("{}"),
        With("""{"policy":{"commands":"any","power":true,"read_paths":["/"]},"limits":{"max_requests_per_second":null}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/true","timeout_seconds":0}]},"limits":{"max_command_seconds":0}}"""),
        With("""{"policy":{"commands":[{"path":"/bin/x","args":["a","..."],"env":["A_*"],"user":"*","new_privileges":true}]}}"""),
        With("""{"policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"a/main.sh","write_paths":["/var/cache"],"memory_bytes":16777216}}}}"""),
        """{"listeners":[{"transport":"vsock-connect","port":1,"dialect":"workload","cid":3}]}""",
        """{"listeners":[{"transport":"vsock","port":4294967294,"dialect":"jsonrpc","allow_cids":[2,3],"operations":["ping"]}]}""");

    [Theory]
    [MemberData(nameof(WrongConfigurations))]
    public void What_the_schema_refuses_the_checker_refuses_too(string json)
    {
        Assert.False(IsValid(json));
        Assert.Throws<SettingsException>(() => Parse(json));
    }

    [Theory]
    [MemberData(nameof(RightConfigurations))]
    public void What_the_checker_takes_the_schema_takes_too(string json)
    {
        Assert.NotEmpty(Parse(json).Listeners);
        Assert.True(IsValid(json));
    }

    [Theory]
    [InlineData("packaging/config/config.json")]
    [InlineData("packaging/config/example.json")]
    [InlineData("packaging/config/vsock.json")]
    [InlineData("samples/images/container.json")]
    [InlineData("samples/images/vsock.json")]
    [InlineData("packaging/demo/config.json")]
    public void Each_configuration_that_comes_along_is_right_by_both(string file)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, file)).Replace("@SOCKET@", "/run/a.sock", StringComparison.Ordinal);
        Assert.NotEmpty(Parse(text).Listeners);
        Assert.True(IsValid(text));
    }

    [Fact]
    public void The_schema_of_the_configuration_is_that_of_the_types() => ExpectWritten(SchemaFile, SchemaOfSettings.Make());

    [Fact]
    public void The_document_of_the_protocol_is_that_of_the_contracts() => ExpectWritten(OpenRpcFile, OpenRpc.Make());

    [Fact]
    public void The_document_of_http_is_that_of_the_contracts() => ExpectWritten(OpenApiFile, OpenApi.Make(), WrittenShort);

    [Fact]
    public void The_document_of_http_keeps_to_the_rules_of_such_documents()
    {
        JsonObject document = OpenApi.Make();
        List<string> ids = [];
        foreach ((string path, JsonNode? item) in document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? operation) in item!.AsObject().Where(member => member.Key != "parameters"))
            {
                Assert.Contains(method, (string[])["get", "head", "put", "post", "patch", "delete"]);
                Assert.NotEmpty(operation!["responses"]!.AsObject());
                ids.Add((string)operation["operationId"]!);
                JsonObject[] parameters = [.. (item["parameters"]?.AsArray() ?? []).Concat(operation["parameters"]?.AsArray() ?? [])
                    .Select(parameter => parameter!.AsObject())];
                Assert.Equal(parameters.Length, parameters.Select(one => $"{one["in"]} {one["name"]}").Distinct().Count());
                Assert.Equal(
                    path.Split('/').Where(part => part.StartsWith('{')),
                    parameters.Where(one => (string?)one["in"] == "path").Select(one => $"{{{one["name"]}}}"));
            }
        }

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        foreach (JsonObject member in Objects(document))
        {
            if (member["schema"] is { } schema)
            {
                Assert.True(MetaSchemas.Draft202012.Evaluate(JsonElement.Parse(schema.ToJsonString())).IsValid, schema.ToJsonString());
            }

            if ((string?)member["$ref"] is { } reference)
            {
                Assert.NotNull(reference.Split('/')[1..].Aggregate((JsonNode?)document, (node, name) => node?[name]));
            }
        }
    }

    [Fact]
    public void What_hosts_ask_and_are_granted_in_the_transcripts_is_right_by_the_document()
    {
        Dictionary<string, JsonObject> methods = OpenRpc.Make()["methods"]!.AsArray()
            .ToDictionary(method => (string)method!["name"]!, method => method!.AsObject(), StringComparer.Ordinal);
        Assert.Superset(Registration.Names.ToHashSet(), methods.Keys.ToHashSet());
        int looked = 0;
        foreach ((JsonObject request, JsonNode? result) in Granted())
        {
            JsonObject method = methods[(string)request["method"]!];
            JsonObject given = request["params"] as JsonObject ?? [];
            foreach (JsonObject parameter in method["params"]!.AsArray().Select(parameter => parameter!.AsObject()))
            {
                string name = (string)parameter["name"]!;
                Assert.False((bool)parameter["required"]! && !given.ContainsKey(name), $"{request}: {name} is required");
                if (given.TryGetPropertyValue(name, out JsonNode? value))
                {
                    given.Remove(name);
                    ExpectValid(parameter["schema"]!, value, $"{request}: {name}");
                }
            }

            Assert.Empty(given);
            if (result is JsonObject && !result.ToJsonString().Contains("\"*\"", StringComparison.Ordinal))
            {
                ExpectValid(method["result"]!["schema"]!, result, $"the result of {request}");
                looked++;
            }
        }

        Assert.InRange(looked, 50, int.MaxValue);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Objects(member.Value)).Prepend(members),
        JsonArray elements => elements.SelectMany(Objects),
        _ => [],
    };

    // Requests whose reply is a result, without those that stand for anything.
    private static IEnumerable<(JsonObject Request, JsonNode? Result)> Granted()
    {
        foreach (string file in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "tests", "Integration", "Transcripts", "jsonrpc"), "*.txt"))
        {
            JsonObject? request = null;
            foreach (string line in File.ReadLines(file))
            {
                if (line.StartsWith("> {", StringComparison.Ordinal) && !line.Contains("${", StringComparison.Ordinal))
                {
                    request = TryParse(line[2..]);
                }
                else if (line.StartsWith("< {", StringComparison.Ordinal) && request is { } asked
                    && TryParse(line[2..]) is { } reply && reply.ContainsKey("result") && !reply.ContainsKey("attached_bytes")
                    && JsonNode.DeepEquals(reply["id"], asked["id"]) && !reply.ToJsonString().Contains("\"...\"", StringComparison.Ordinal))
                {
                    yield return (asked, reply["result"]);
                    request = null;
                }
            }
        }
    }

    private static JsonObject? TryParse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            // Transcripts have lines that are none, too.
            return null;
        }
    }

    private static void ExpectValid(JsonNode schema, JsonNode? value, string what) => Assert.True(
        JsonSchema.FromText(schema.ToJsonString()).Evaluate(JsonElement.Parse(value?.ToJsonString() ?? "null")).IsValid, what);

    private static void ExpectWritten(string file, JsonObject document, JsonSerializerOptions? form = null)
    {
        string path = Path.Combine(Repository.Root, file);
        string text = document.ToJsonString(form ?? Written) + "\n";
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.ReadAllText(path) == text, $"{file} is not what the types say: {Variable}=1 make quick TEST=DocumentTests");
    }

    private static string With(string members)
    {
        JsonObject json = JsonNode.Parse(members)!.AsObject();
        json["listeners"] = new JsonArray(JsonNode.Parse(Listener));
        return json.ToJsonString();
    }

    private static bool IsValid(string json)
    {
        using JsonDocument document = JsonDocument.Parse(
            json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return Schema.Evaluate(document.RootElement).IsValid;
    }

    private static AgentSettings Parse(string json) =>
        SettingsFile.Parse(Encoding.UTF8.GetBytes(json), Registration.Names, DialectTable.Default.Traits);
}
