using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Dialects;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Settings;

namespace GuestAgent.Tests.Unit.Documents;

/// <summary>The JSON Schema of the configuration: made of the settings' types, and of what the checker asks beyond them.</summary>
internal static class SchemaOfSettings
{
    private const string Trees = """{"items":{"type":"string","pattern":"^(?!.*/\\.\\.(/|$))/[^\\u0000]*$"}}""";
    private const string Places =
        """{"items":{"type":"string","pattern":"^(/(?!(.*/)?\\.\\.(/|$))[^\\u0000]*|(\\*|localhost|[0-9./]+|\\[[0-9A-Fa-f:./]+\\]):(\\*|[0-9]{1,5}(-[0-9]{1,5})?))$"}}""";

    private const string Program = """{"pattern":"^(?!.*/\\.\\.(/|$))(?!.*/\\.?$)/[^\\u0000]*$"}""";
    private const string VsockPort = """{"minimum":1,"maximum":4294967294}""";

    private static readonly Descriptions Words = new(typeof(AgentSettings).Assembly);

    // Of a type's member, in the words of JSON.
    private static readonly Dictionary<(Type Type, string Member), string> Conditions = new()
    {
        [(typeof(AgentSettings), "listeners")] = """{"minItems":1}""",
        [(typeof(AgentSettings), "state_directory")] = """{"pattern":"^/[^\\u0000]*$"}""",
        [(typeof(UnixListenerSettings), "path")] = """{"pattern":"^/[^\\u0000]*[^/\\u0000]$","maxLength":107}""",
        [(typeof(UnixListenerSettings), "mode")] = """{"pattern":"^0?[0-7]{3}$"}""",
        [(typeof(VirtioSerialListenerSettings), "port")] = """{"pattern":"^(?!\\.{1,2}$)[^/\\u0000]+$"}""",
        [(typeof(VsockListenerSettings), "port")] = VsockPort,
        [(typeof(VsockListenerSettings), "allow_cids")] = """{"minItems":1,"items":{"type":"integer","minimum":0,"maximum":4294967294}}""",
        [(typeof(VsockConnectSettings), "port")] = VsockPort,
        [(typeof(VsockConnectSettings), "cid")] = """{"minimum":0,"maximum":4294967294}""",
        [(typeof(PolicySettings), "read_paths")] = Trees,
        [(typeof(PolicySettings), "write_paths")] = Trees,
        [(typeof(PolicySettings), "runtimes")] = """{"propertyNames":{"minLength":1}}""",
        [(typeof(ForwardSettings), "connect")] = Places,
        [(typeof(ForwardSettings), "listen")] = Places,
        [(typeof(CommandRule), "path")] = Program,
        [(typeof(CommandRule), "user")] = """{"minLength":1}""",
        [(typeof(CommandRule), "timeout_seconds")] = """{"minimum":0,"maximum":2592000}""",
        [(typeof(CommandRule), "max_output_bytes")] = """{"minimum":0,"maximum":2147483647}""",
        [(typeof(CommandRule), "working_directories")] = Trees,
        [(typeof(RuntimeRule), "command")] = Program,
        [(typeof(RuntimeRule), "file")] = """{"pattern":"^(?![/-])(?!(.*/)?\\.\\.(/|$)).+$"}""",
        [(typeof(RuntimeRule), "args")] = """{"contains":{"type":"string","pattern":"\\{file\\}"}}""",
        [(typeof(RuntimeRule), "set_env")] = """{"propertyNames":{"pattern":"^[A-Za-z_][A-Za-z0-9_.-]*$"}}""",
        [(typeof(RuntimeRule), "user")] = """{"minLength":1,"not":{"const":"*"}}""",
        [(typeof(RuntimeRule), "timeout_seconds")] = """{"minimum":0,"maximum":2592000}""",
        [(typeof(RuntimeRule), "max_output_bytes")] = """{"minimum":0,"maximum":2147483647}""",
        [(typeof(RuntimeRule), "directory")] = """{"pattern":"^/[^\\u0000]*$"}""",
        [(typeof(RuntimeRule), "max_files")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(RuntimeRule), "max_unpacked_bytes")] = """{"minimum":1}""",
        [(typeof(RuntimeRule), "confinement")] = """{"enum":["best-effort","required","none"]}""",
        [(typeof(RuntimeRule), "network")] = """{"enum":["shared","none"]}""",
        [(typeof(RuntimeRule), "write_paths")] = """{"items":{"type":"string","pattern":"^(?!.*/\\.\\.(/|$))(?!/tmp(/|$))/[^\\u0000]*$"}}""",
        [(typeof(RuntimeRule), "memory_bytes")] = """{"minimum":16777216}""",
        [(typeof(RuntimeRule), "max_processes")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(RuntimeRule), "cpu_percent")] = """{"minimum":1,"maximum":100000}""",
        [(typeof(LimitSettings), "max_connections")] = """{"minimum":1,"maximum":4096}""",
        [(typeof(LimitSettings), "max_message_bytes")] = """{"minimum":4096,"maximum":67108864}""",
        [(typeof(LimitSettings), "max_concurrent_requests")] = """{"minimum":1,"maximum":1024}""",
        [(typeof(LimitSettings), "max_concurrent_commands")] = """{"minimum":1,"maximum":1024}""",
        [(typeof(LimitSettings), "max_command_seconds")] = """{"anyOf":[{"const":0},{"minimum":0.1,"maximum":604800}]}""",
        [(typeof(LimitSettings), "max_output_bytes")] = """{"minimum":0,"maximum":2147483647}""",
        [(typeof(LimitSettings), "kill_grace_seconds")] = """{"minimum":0,"maximum":60}""",
        [(typeof(LimitSettings), "drain_seconds")] = """{"minimum":0,"maximum":60}""",
        [(typeof(LimitSettings), "max_unread_reply_bytes")] = """{"minimum":65536,"maximum":268435456}""",
        [(typeof(LimitSettings), "max_file_bytes")] = """{"minimum":0,"maximum":1073741824}""",
        [(typeof(LimitSettings), "max_uploads")] = """{"minimum":0,"maximum":1024}""",
        [(typeof(LimitSettings), "max_upload_bytes")] = """{"minimum":0,"maximum":1125899906842624}""",
        [(typeof(LimitSettings), "max_forwards")] = """{"minimum":0,"maximum":4096}""",
        [(typeof(LimitSettings), "max_requests_per_second")] = """{"minimum":0.1,"maximum":1000000}""",
        [(typeof(LimitSettings), "max_memory_bytes")] = $$"""{"minimum":{{MemoryLimits.Least}},"maximum":1099511627776}""",
    };

    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Complete,
    };

    /// <summary>Makes it.</summary>
    public static JsonObject Make()
    {
        JsonObject schema = Of(typeof(AgentSettings)).AsObject();
        // What has a converter the exporter leaves open.
        schema["properties"]!["listeners"]!["items"] =
            Variants((IVariantShape)SettingsJson.Default.GetTypeInfo(typeof(ListenerSettings))!.Converter);
        schema["properties"]!["policy"]!["properties"]!["commands"] = new JsonObject
        {
            ["description"] = Words.Of(typeof(PolicySettings), nameof(PolicySettings.Commands)),
            ["anyOf"] = new JsonArray(
                new JsonObject { ["const"] = CommandRules.AnyWord },
                Of(typeof(IReadOnlyList<CommandRule>)),
                new JsonObject { ["type"] = "null" }),
        };
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Configuration of guest-agent, guest-agent.json(5)");
        schema["$defs"] = new JsonObject
        {
            ["operation"] = new JsonObject
            {
                ["enum"] = new JsonArray([.. Registration.Names.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]),
            },
        };
        return schema;
    }

    private static JsonNode Of(Type type) => SettingsJson.Default.GetTypeInfo(type)!.GetJsonSchemaAsNode(Options);

    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is JsonObject schema)
        {
            Describe(context, schema);
            if (context.PropertyInfo is { } property)
            {
                AddTo(schema, property);
            }
        }

        return node;
    }

    private static void Describe(JsonSchemaExporterContext context, JsonObject schema)
    {
        string? words = context.PropertyInfo is { } property
            ? Words.Of(property.DeclaringType, property.AssociatedParameter?.Name ?? property.Name)
            : Words.Of(context.TypeInfo.Type);
        if (words is not null && !schema.ContainsKey("description"))
        {
            schema.Insert(0, "description", words);
        }
    }

    private static void AddTo(JsonObject schema, JsonPropertyInfo property)
    {
        if (Conditions.TryGetValue((property.DeclaringType, property.Name), out string? conditions))
        {
            foreach ((string keyword, JsonNode? value) in JsonNode.Parse(conditions)!.AsObject())
            {
                schema[keyword] = value?.DeepClone();
            }
        }
        else if (property.Name == "operations")
        {
            schema["items"] = new JsonObject { ["$ref"] = "#/$defs/operation" };
        }
        else if (property.Name == "dialect")
        {
            schema["enum"] = Dialects(_ => true);
        }
    }

    private static JsonArray Dialects(Predicate<DialectTraits> may) =>
        [.. DialectTable.Default.Traits.Where(dialect => may(dialect.Value)).Select(dialect => (JsonNode)dialect.Key)];

    private static JsonObject Variants(IVariantShape variants)
    {
        JsonArray all = [];
        foreach ((string name, Type type) in variants.Variants)
        {
            JsonObject schema = Of(type).AsObject();
            schema["properties"]![variants.Discriminator] = new JsonObject { ["const"] = name };
            schema["required"]!.AsArray().Insert(0, variants.Discriminator);
            if (type == typeof(VirtioSerialListenerSettings))
            {
                // One host follows another on the same bytes.
                schema["properties"]!["dialect"]!["enum"] = Dialects(static traits => traits.Resynchronises);
            }

            all.Add(schema);
        }

        return new JsonObject { ["oneOf"] = all };
    }
}
