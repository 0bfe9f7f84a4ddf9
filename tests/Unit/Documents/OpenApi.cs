using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Session;
using GuestAgent.Contracts.Telemetry;

namespace GuestAgent.Tests.Unit.Documents;

/// <summary>The OpenAPI document of the dialect <c>http</c>, made of the same contracts as that of the native protocol.</summary>
internal static class OpenApi
{
    private const string Json = "application/json";

    /// <summary>The document.</summary>
    public static JsonObject Make() => new()
    {
        ["openapi"] = "3.1.0",
        ["info"] = new JsonObject
        {
            ["title"] = "GuestAgent",
            ["description"] = "The dialect http. PROTOCOL.md says what each operation does; what a listener does not serve is 403.",
            ["version"] = Hello.ProtocolVersion,
            ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["paths"] = Paths(),
        ["components"] = new JsonObject
        {
            ["schemas"] = new JsonObject { ["Error"] = Error() },
            ["responses"] = new JsonObject
            {
                ["Error"] = new JsonObject { ["description"] = "It could not be done.", ["content"] = Content(Json, Reference("schemas/Error")) },
            },
        },
    };

    private static JsonObject Paths()
    {
        var paths = new JsonObject
        {
            ["/healthz"] = Item(("get", Request("health", "Tells that the agent answers.", Answer(200, Json)))),
            ["/v1/health"] = Item(("get", Request("health_detail", "Tells that the agent answers, and which one it is.", Answer(200, Json)))),
            ["/v1/metrics"] = Item(
                ("get", Request("metrics", "Figures of the agent and the guest as OpenMetrics.", Answer(200, "application/openmetrics-text")))),
            ["/v1/openapi.json"] = Item(("get", Request("openapi", "This document.", Answer(200, Json)))),
            ["/v1/events"] = Item(("get", Request("events", "Tells of changes as they happen.", Answer(200, "text/event-stream")))),
            ["/v1/telemetry"] = Item(("get", With(
                Request("telemetry", "Reports what the guest does.", Answer(200, "text/event-stream")),
                QueryOf(TelemetrySubscribe.Contract.Request)))),
            ["/v1/logs/stream"] = Item(("get", With(
                Request("logs_stream", "Tells the lines of a file as they are written.", Answer(200, "text/event-stream")),
                [
                    Parameter("path", "query", true, Type("string"), null),
                    Parameter("from", "query", false, new JsonObject { ["enum"] = new JsonArray("start", "end"), ["default"] = "end" }, null),
                ]))),
            ["/v1/files"] = Files(),
            ["/v1/uploads/{token}"] = Uploads(),
        };
        foreach ((Type holder, IOperationContract contract) in OpenRpc.Contracts().OrderBy(pair => pair.Contract.Name, StringComparer.Ordinal))
        {
            paths["/v1/" + contract.Name] = Item(("post", Operation(contract, OpenRpc.SummaryOf(holder) ?? contract.Name)));
        }

        return paths;
    }

    private static JsonObject Operation(IOperationContract contract, string summary)
    {
        JsonTypeInfo shape = OpenRpc.RequestOf(contract);
        JsonObject result = Content(Json, OpenRpc.Open(OpenRpc.Schema(OpenRpc.ResultOf(contract))));
        if (shape.Properties.Any(property => property.Name == "stream"))
        {
            result["application/x-ndjson"] = new JsonObject { ["schema"] = Type("string") };
            result["text/event-stream"] = new JsonObject { ["schema"] = Type("string") };
        }

        JsonObject operation = Request(
            contract.Name,
            summary,
            ("200", new JsonObject { ["description"] = "The result.", ["content"] = result }));
        operation["requestBody"] = new JsonObject
        {
            ["required"] = shape.Properties.Any(OpenRpc.IsRequired),
            ["content"] = Content(Json, OpenRpc.Schema(shape)),
        };
        return operation;
    }

    private static JsonObject Files()
    {
        JsonObject item = Item(
            ("get", With(
                Request(
                    "files_get",
                    "The content of a file, or a list of a directory.",
                    Answer(200, "application/octet-stream", Json, "application/x-tar"),
                    Answer(206, "application/octet-stream"),
                    Answer(304),
                    Refusal(412),
                    Refusal(416)),
                QueryOf(FileList.Contract.Request),
                Headers("Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Want-Repr-Digest"))),
            ("put", With(
                Request(
                    "files_put",
                    "Writes a file, or begins to.",
                    Answer(200, Json),
                    Answer(201, Json),
                    Refusal(412)),
                QueryOf(FileUploadOpen.Contract.Request, "size_bytes", "sparse", "if_versions"),
                Headers("If-Match", "If-None-Match", "Repr-Digest", "Content-Digest", "Upload-Complete", "Upload-Length"))),
            ("delete", With(
                Request("files_delete", "Deletes a file or a directory.", Answer(200, Json), Refusal(412)),
                QueryOf(FileDelete.Contract.Request, "if_versions"),
                Headers("If-Match"))));
        item["put"]!["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/octet-stream", new JsonObject()) };
        return item;
    }

    private static JsonObject Uploads()
    {
        JsonObject item = Item(
            ("head", Request("uploads_head", "Tells how far an upload is.", Answer(204))),
            ("patch", With(
                Request("uploads_patch", "Adds to an upload, and ends it.", Answer(200, Json), Answer(201, Json), Answer(204), Refusal(409)),
                Headers("Upload-Offset", "Upload-Complete", "Content-Digest", "Repr-Digest"))),
            ("delete", Request("uploads_delete", "Drops an upload.", Answer(204), Refusal(409))));
        item["patch"]!["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/partial-upload", new JsonObject()) };
        item["parameters"] = new JsonArray(Parameter("token", "path", true, Type("string"), "The upload."));
        return item;
    }

    private static JsonObject Error() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("error", "code"),
        ["properties"] = new JsonObject
        {
            ["error"] = Type("string"),
            ["code"] = Type("integer"),
            ["data"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["rule"] = Type("string"),
                    ["field"] = Type("string"),
                    ["limit"] = Type("integer"),
                    ["errno"] = Type("string"),
                    ["retry_after_ms"] = Type("integer"),
                },
            },
        },
    };

    private static JsonObject Item(params (string Method, JsonObject Operation)[] operations) =>
        new(operations.Select(one => KeyValuePair.Create(one.Method, (JsonNode?)one.Operation)));

    private static JsonObject Request(string id, string summary, params (string Status, JsonObject Response)[] answers)
    {
        var responses = new JsonObject(answers.Select(answer => KeyValuePair.Create(answer.Status, (JsonNode?)answer.Response)));
        responses["default"] = Reference("responses/Error");
        return new JsonObject { ["operationId"] = id, ["summary"] = summary, ["responses"] = responses };
    }

    private static JsonObject With(JsonObject operation, params IEnumerable<JsonObject>[] parameters)
    {
        operation["parameters"] = new JsonArray([.. parameters.SelectMany(some => some)]);
        return operation;
    }

    private static IEnumerable<JsonObject> QueryOf(JsonTypeInfo shape, params string[] without) => shape.Properties
        .Where(property => !without.Contains(property.Name))
        .Select(property => Parameter(
            property.Name,
            "query",
            OpenRpc.IsRequired(property),
            OpenRpc.Schema(shape)["properties"]![property.Name]!.DeepClone(),
            null));

    private static IEnumerable<JsonObject> Headers(params string[] names) =>
        names.Select(name => Parameter(name, "header", false, Type("string"), null));

    private static JsonObject Parameter(string name, string place, bool isRequired, JsonNode schema, string? description)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = isRequired, ["schema"] = schema };
        if (description is not null)
        {
            parameter["description"] = description;
        }

        return parameter;
    }

    private static (string Status, JsonObject Response) Answer(int status, params string[] types)
    {
        var response = new JsonObject { ["description"] = "Done." };
        if (types.Length > 0)
        {
            response["content"] = new JsonObject(types.Select(type => KeyValuePair.Create(
                type, (JsonNode?)new JsonObject { ["schema"] = type == Json ? Type("object") : new JsonObject() })));
        }

        return ($"{status}", response);
    }

    private static (string Status, JsonObject Response) Refusal(int status) => ($"{status}", Reference("responses/Error"));

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static JsonObject Reference(string component) => new() { ["$ref"] = "#/components/" + component };
}
