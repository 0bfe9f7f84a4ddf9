using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Agent;

/// <summary>Tells the methods of the listener as an OpenRPC document, for programs that make clients or forms of it.</summary>
public static class RpcDiscover
{
    /// <summary>The operation <c>rpc.discover</c>.</summary>
    public static readonly OperationContract<RpcDiscoverRequest, OpenRpcDocument> Contract =
        new(
            "rpc.discover",
            Access.Observe,
            () => RpcDiscoverJson.Default.RpcDiscoverRequest,
            () => RpcDiscoverJson.Default.OpenRpcDocument);
}

/// <summary>Parameters of <c>rpc.discover</c>: none.</summary>
public sealed record RpcDiscoverRequest;

/// <summary>Result of <c>rpc.discover</c>.</summary>
/// <param name="Openrpc">Version of OpenRPC.</param>
/// <param name="Info">Title, and version of the protocol.</param>
/// <param name="Methods">The methods, each with JSON Schemas of its parameters and its result.</param>
/// <param name="Notifications">What the agent sends unasked, likewise.</param>
/// <param name="Components">The errors by name.</param>
public sealed record OpenRpcDocument(
    string Openrpc,
    JsonElement Info,
    IReadOnlyList<JsonElement> Methods,
    [property: JsonPropertyName("x-notifications")] IReadOnlyList<JsonElement> Notifications,
    JsonElement Components);

/// <summary>JSON shapes of <c>rpc.discover</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(AnyJsonConverter)])]
[JsonSerializable(typeof(RpcDiscoverRequest))]
[JsonSerializable(typeof(OpenRpcDocument))]
public sealed partial class RpcDiscoverJson : JsonSerializerContext;
