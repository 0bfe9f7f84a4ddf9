using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Agent;

/// <summary>Asks whether an operation with its parameters would be allowed now, without doing anything of it.</summary>
public static class PolicyCheck
{
    /// <summary>The operation <c>policy_check</c>.</summary>
    public static readonly OperationContract<PolicyCheckRequest, PolicyCheckResult> Contract =
        new("policy_check", Access.Observe, () => PolicyCheckJson.Default.PolicyCheckRequest,
            () => PolicyCheckJson.Default.PolicyCheckResult)
        {
            // Paths are walked, as for the operation itself.
            MayBlock = true,
        };
}

/// <summary>Parameters of <c>policy_check</c>.</summary>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Params">Its parameters, an object; null for none.</param>
public sealed record PolicyCheckRequest(string Operation, JsonElement? Params = null);

/// <summary>Result of <c>policy_check</c>.</summary>
/// <param name="Allowed">True when listener and policy would let the operation begin.</param>
/// <param name="AllowedBy">
/// The member of the agent's configuration that allows it, such as <c>policy.commands[2]</c>; null when it is refused, and for what
/// needs no permission or goes on with what had it.
/// </param>
/// <param name="Refusal">The error that the operation would be answered with; null when it is allowed.</param>
public sealed record PolicyCheckResult(
    bool Allowed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? AllowedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    PolicyRefusal? Refusal = null);

/// <summary>JSON shapes of <c>policy_check</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(AnyJsonConverter)])]
[JsonSerializable(typeof(PolicyCheckRequest))]
[JsonSerializable(typeof(PolicyCheckResult))]
public sealed partial class PolicyCheckJson : JsonSerializerContext;
