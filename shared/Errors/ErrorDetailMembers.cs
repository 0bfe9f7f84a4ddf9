using System.Text.Json.Serialization;

namespace GuestAgent.Errors;

/// <summary>The members that an <see cref="ErrorDetail"/> has of its own.</summary>
internal sealed record ErrorDetailMembers(string? Rule, string? Field, long? Limit, string? Errno, long? RetryAfterMs);

/// <summary>Their JSON form.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorDetailMembers))]
internal sealed partial class ErrorDetailMembersJson : JsonSerializerContext;
