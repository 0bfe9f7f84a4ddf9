using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Info;

/// <summary>Tells what the guest is: operating system, machine, memory, load, clock zone, who is logged in.</summary>
public static class GetSystemInfo
{
    /// <summary>The operation <c>get_system_info</c>.</summary>
    public static readonly OperationContract<GetSystemInfoRequest, SystemInfo> Contract =
        new("get_system_info", Access.Observe, () => GetSystemInfoJson.Default.GetSystemInfoRequest,
            () => GetSystemInfoJson.Default.SystemInfo);
}

/// <summary>Parameters of <c>get_system_info</c>: none.</summary>
public sealed record GetSystemInfoRequest;

/// <summary>JSON shapes of <c>get_system_info</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GetSystemInfoRequest))]
[JsonSerializable(typeof(SystemInfo))]
public sealed partial class GetSystemInfoJson : JsonSerializerContext;
