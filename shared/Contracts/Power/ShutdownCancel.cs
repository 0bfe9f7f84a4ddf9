using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Power;

/// <summary>Takes back a <c>shutdown</c> or <c>reboot</c> that has not begun.</summary>
public static class ShutdownCancel
{
    /// <summary>The operation <c>shutdown_cancel</c>.</summary>
    public static readonly OperationContract<ShutdownCancelRequest, ShutdownCancelResult> Contract =
        new("shutdown_cancel", Access.Power, () => ShutdownCancelJson.Default.ShutdownCancelRequest,
            () => ShutdownCancelJson.Default.ShutdownCancelResult);
}

/// <summary>Parameters of <c>shutdown_cancel</c>: none.</summary>
public sealed record ShutdownCancelRequest;

/// <summary>Result of <c>shutdown_cancel</c>.</summary>
/// <param name="Cancelled">False when none was arranged, or when it has begun already.</param>
public sealed record ShutdownCancelResult(bool Cancelled);

/// <summary>JSON shapes of <c>shutdown_cancel</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ShutdownCancelRequest))]
[JsonSerializable(typeof(ShutdownCancelResult))]
public sealed partial class ShutdownCancelJson : JsonSerializerContext;
