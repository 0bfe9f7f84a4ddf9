using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Info;

/// <summary>Tells how full the file systems are. One that does not answer is named and does not hold up the others.</summary>
public static class GetDiskUsage
{
    /// <summary>The operation <c>get_disk_usage</c>.</summary>
    public static readonly OperationContract<GetDiskUsageRequest, DiskUsage> Contract =
        new("get_disk_usage", Access.Observe, () => GetDiskUsageJson.Default.GetDiskUsageRequest,
            () => GetDiskUsageJson.Default.DiskUsage);
}

/// <summary>Parameters of <c>get_disk_usage</c>: none.</summary>
public sealed record GetDiskUsageRequest;

/// <summary>JSON shapes of <c>get_disk_usage</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GetDiskUsageRequest))]
[JsonSerializable(typeof(DiskUsage))]
public sealed partial class GetDiskUsageJson : JsonSerializerContext;
