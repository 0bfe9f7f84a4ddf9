using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Power;

/// <summary>Restarts the guest, at once or after a while.</summary>
public static class Reboot
{
    /// <summary>The operation <c>reboot</c>.</summary>
    public static readonly OperationContract<RebootRequest, PowerResult> Contract =
        new("reboot", Access.Power, () => RebootJson.Default.RebootRequest, () => RebootJson.Default.PowerResult);
}

/// <summary>Parameters of <c>reboot</c>.</summary>
/// <param name="TimeoutSeconds">
/// Seconds until it begins, 0 to 86400: time for people to save their work. Counted by the agent itself, whether or not
/// the host stays.
/// </param>
/// <param name="Force">True does not wait for services to stop; file systems are synchronised all the same.</param>
/// <param name="Message">A line for the users that are logged in and for the log, at most 1024 characters.</param>
public sealed record RebootRequest(double TimeoutSeconds = 60, bool Force = false, string? Message = null);

/// <summary>JSON shapes of <c>reboot</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RebootRequest))]
[JsonSerializable(typeof(PowerResult))]
public sealed partial class RebootJson : JsonSerializerContext;
