using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Info;

/// <summary>Tells the network interfaces with their addresses and counters, the routes, and the name servers.</summary>
public static class GetNetworkInfo
{
    /// <summary>The operation <c>get_network_info</c>.</summary>
    public static readonly OperationContract<GetNetworkInfoRequest, NetworkInfo> Contract =
        new("get_network_info", Access.Observe, () => GetNetworkInfoJson.Default.GetNetworkInfoRequest,
            () => GetNetworkInfoJson.Default.NetworkInfo);
}

/// <summary>Parameters of <c>get_network_info</c>: none.</summary>
public sealed record GetNetworkInfoRequest;

/// <summary>JSON shapes of <c>get_network_info</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GetNetworkInfoRequest))]
[JsonSerializable(typeof(NetworkInfo))]
public sealed partial class GetNetworkInfoJson : JsonSerializerContext;
