using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Session;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Tests.Unit.Documents;

/// <summary>The OpenRPC document of the native protocol, made of its contracts.</summary>
internal static class OpenRpc
{
    private static readonly Descriptions Words = new(typeof(IOperationContract).Assembly);

    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Complete,
    };

    /// <summary>The document.</summary>
    public static JsonObject Make() => new()
    {
        ["openrpc"] = "1.3.2",
        ["info"] = new JsonObject
        {
            ["title"] = "GuestAgent",
            ["description"] = "The native protocol, JSON-RPC 2.0, one message a line. PROTOCOL.md says what each method does.",
            ["version"] = Hello.ProtocolVersion,
            ["license"] = new JsonObject { ["name"] = "MIT" },
        },
        ["methods"] = new JsonArray([.. Methods().OrderBy(method => (string)method["name"]!, StringComparer.Ordinal)]),
        ["x-notifications"] = new JsonArray(
            Event(AgentReady.Event, typeof(AgentReady)),
            Event(ExecCommand.Output, typeof(ExecOutput)),
            Event(TelemetrySubscribe.Report, typeof(TelemetryReport)),
            Event(EventsSubscribe.Event, typeof(AgentEvents))),
        ["components"] = new JsonObject
        {
            ["errors"] = new JsonObject(Enum.GetValues<ErrorCode>().Select(code => KeyValuePair.Create(
                JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()),
                (JsonNode?)new JsonObject
                {
                    ["code"] = JsonRpcErrors.ToNumber(code),
                    ["message"] = new Descriptions(typeof(ErrorCode).Assembly).Of(typeof(ErrorCode), code.ToString())
                        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()).Replace('_', ' '),
                }))),
        },
    };

    /// <summary>The contracts of all operations, with the types that hold them.</summary>
    public static IEnumerable<(Type Holder, IOperationContract Contract)> Contracts() => typeof(IOperationContract).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType))
        .Select(field => (field.DeclaringType!, (IOperationContract)field.GetValue(null)!));

    /// <summary>JSON shape of an operation's parameters.</summary>
    public static JsonTypeInfo RequestOf(IOperationContract contract) =>
        (JsonTypeInfo)contract.GetType().GetProperty("Request")!.GetValue(contract)!;

    /// <summary>JSON shape of its result.</summary>
    public static JsonTypeInfo ResultOf(IOperationContract contract) =>
        (JsonTypeInfo)contract.GetType().GetProperty("Result")!.GetValue(contract)!;

    /// <summary>What it does, in a sentence.</summary>
    public static string? SummaryOf(Type holder) => Words.Of(holder);

    /// <summary>Whether a parameter must be given.</summary>
    public static bool IsRequired(JsonPropertyInfo property) => property.AssociatedParameter is { HasDefaultValue: false };

    private static IEnumerable<JsonObject> Methods()
    {
        foreach ((Type holder, IOperationContract contract) in Contracts())
        {
            yield return Method(contract.Name, Words.Of(holder), RequestOf(contract), ResultOf(contract));
        }

        yield return Method(Hello.Method, Words.Of(typeof(Hello)), HelloJson.Default.HelloRequest, HelloJson.Default.HelloResult);
        yield return Method(Cancel.Method, Words.Of(typeof(Cancel)), CancelJson.Default.CancelRequest, CancelJson.Default.CancelResult);
        yield return Method(
            ReplyReceived.Method,
            Words.Of(typeof(ReplyReceived)),
            ReplyReceivedJson.Default.ReplyReceivedRequest,
            ReplyReceivedJson.Default.ReplyReceivedResult);
        yield return Method(
            SessionStatus.Method,
            Words.Of(typeof(SessionStatus)),
            HelloJson.Default.SessionStatusRequest,
            HelloJson.Default.SessionStatusResult);
    }

    private static JsonObject Method(string name, string? summary, JsonTypeInfo request, JsonTypeInfo result) => new()
    {
        ["name"] = name,
        ["summary"] = summary,
        ["paramStructure"] = "by-name",
        ["params"] = new JsonArray([.. request.Properties.Select(property => Parameter(request, property))]),
        ["result"] = new JsonObject { ["name"] = $"{name}_result", ["schema"] = Open(Schema(result)) },
    };

    private static JsonObject Parameter(JsonTypeInfo request, JsonPropertyInfo property)
    {
        JsonNode schema = Schema(request)["properties"]![property.Name]!.DeepClone();
        return new JsonObject
        {
            ["name"] = property.Name,
            ["description"] = Words.Of(request.Type, property.AssociatedParameter?.Name ?? property.Name),
            ["required"] = IsRequired(property),
            ["schema"] = schema,
        };
    }

    private static JsonObject Event<T>(EventContract<T> contract, Type type)
        where T : class => new()
        {
            ["name"] = contract.Name,
            ["summary"] = Words.Of(type),
            ["params"] = Open(Schema(contract.Shape)),
        };

    /// <summary>The schema as a host reads it, which ignores what it does not know of an answer; an agent refuses that of a request.</summary>
    public static JsonNode Open(JsonNode schema)
    {
        if (schema is JsonObject members)
        {
            if (members["additionalProperties"] is JsonValue)
            {
                members.Remove("additionalProperties");
            }

            foreach ((_, JsonNode? value) in members)
            {
                _ = value is null ? null : Open(value);
            }
        }
        else if (schema is JsonArray elements)
        {
            foreach (JsonNode? element in elements)
            {
                _ = element is null ? null : Open(element);
            }
        }

        return schema;
    }

    /// <summary>The schema of a shape.</summary>
    public static JsonNode Schema(JsonTypeInfo shape)
    {
        JsonNode schema = shape.GetJsonSchemaAsNode(Options);
        return schema is JsonObject ? schema : new JsonObject();
    }

    // What a converter writes the exporter does not know.
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode node)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        JsonNode known = node;
        if (type.IsEnum)
        {
            known = ValuesOf(type, context.TypeInfo);
        }
        else if (node is not JsonObject)
        {
            known = type == typeof(CallId) ? new JsonObject { ["type"] = new JsonArray("string", "number") }
                : type == typeof(ErrorDetail) ? new JsonObject { ["type"] = "object" }
                : type == typeof(JsonElement) ? new JsonObject { ["type"] = "object" }
                : new JsonObject { ["type"] = "string" };
            if (Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null || IsNullable(context.PropertyInfo))
            {
                known = new JsonObject { ["anyOf"] = new JsonArray(known, new JsonObject { ["type"] = "null" }) };
            }
        }

        if (known is JsonObject schema && context.PropertyInfo is { } property
            && Words.Of(property.DeclaringType, property.AssociatedParameter?.Name ?? property.Name) is { } words)
        {
            schema.Insert(0, "description", words);
        }

        return known;
    }

    // As each of its values is written.
    private static JsonObject ValuesOf(Type type, JsonTypeInfo shape)
    {
        JsonArray values = [.. Enum.GetValuesAsUnderlyingType(type).Cast<object>()
            .Select(value => JsonSerializer.SerializeToNode(Enum.ToObject(type, value), shape))];
        if (Nullable.GetUnderlyingType(shape.Type) is not null)
        {
            values.Add(null);
        }

        return new JsonObject { ["enum"] = values };
    }

    private static bool IsNullable(JsonPropertyInfo? property) =>
        property is { AssociatedParameter: { } parameter } ? parameter.IsNullable : property is { IsSetNullable: true };
}
