using System.Text.Json.Serialization;
using GuestAgent.Contracts.Agent;

namespace GuestAgent.Contracts.Session;

/// <summary>
/// Opens an attach: the agent drops everything that an earlier host left on the channel. A virtio port shows no reliable
/// boundary between two hosts, so a host says hello before anything else.
/// </summary>
public static class Hello
{
    /// <summary>Method name of the conversation message <c>hello</c>.</summary>
    public const string Method = "hello";

    /// <summary>Version of the native protocol that this library speaks.</summary>
    public const string ProtocolVersion = "1.0.0";
}

/// <summary>Parameters of <c>hello</c>.</summary>
/// <param name="Session">Random name of this attach, 1 to 64 characters; echoed.</param>
/// <param name="ProtocolVersion">The host's protocol version; another major number is refused.</param>
public sealed record HelloRequest(string Session, string? ProtocolVersion = null);

/// <summary>Result of <c>hello</c>.</summary>
/// <param name="Session">The session of the request.</param>
/// <param name="Agent">Who answers.</param>
public sealed record HelloResult(string Session, AgentDescription Agent);

/// <summary>JSON shapes of <c>hello</c>, and of what it begins.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(HelloRequest))]
[JsonSerializable(typeof(HelloResult))]
[JsonSerializable(typeof(SessionStatusRequest))]
[JsonSerializable(typeof(SessionStatusResult))]
public sealed partial class HelloJson : JsonSerializerContext;
