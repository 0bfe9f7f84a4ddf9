using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Agent;

/// <summary>Tells who the agent is and what it can do.</summary>
public static class GetAgentInfo
{
    /// <summary>The operation <c>get_agent_info</c>.</summary>
    public static readonly OperationContract<GetAgentInfoRequest, AgentDescription> Contract =
        new("get_agent_info", Access.Observe, () => GetAgentInfoJson.Default.GetAgentInfoRequest,
            () => GetAgentInfoJson.Default.AgentDescription);
}

/// <summary>Parameters of <c>get_agent_info</c>: none.</summary>
public sealed record GetAgentInfoRequest;

/// <summary>JSON shapes of <c>get_agent_info</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GetAgentInfoRequest))]
[JsonSerializable(typeof(AgentDescription))]
public sealed partial class GetAgentInfoJson : JsonSerializerContext;
