using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Errors;

/// <summary>Says which rule or field an error is about, so that a program need not read the sentence.</summary>
/// <param name="Rule">
/// Stable name of the rule that refused: a configuration path (<c>policy.commands</c>,
/// <c>limits.max_concurrent_commands</c>) or a word of PROTOCOL.md (<c>range</c>, <c>unknown_member</c>).
/// </param>
/// <param name="Field">
/// Path of the offending field. Inside the agent that of a parameter, such as <c>timeout_seconds</c>; on the wire it stands as
/// its dialect says, such as <c>params.timeout_seconds</c>.
/// </param>
/// <param name="Limit">The limit that was exceeded, in the unit that the rule names.</param>
/// <param name="Errno">Linux error name, such as <c>ENOENT</c>, where the kernel refused.</param>
/// <param name="RetryAfterMs">Milliseconds after which the same request may succeed, where that is known.</param>
/// <param name="Result">
/// What had been done until then: an object with the members of the operation's ordinary result, which stand beside the
/// others on the wire. One that was read may have the others as well.
/// </param>
/// <param name="Known">Names that there are in place of one that there is not; for dialects that tell them, never written as JSON.</param>
[JsonConverter(typeof(ErrorDetailConverter))]
public sealed record ErrorDetail(
    string? Rule = null,
    string? Field = null,
    long? Limit = null,
    string? Errno = null,
    long? RetryAfterMs = null,
    JsonElement? Result = null,
    IReadOnlyList<string>? Known = null);

/// <summary>JSON form of <see cref="ErrorDetail"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ErrorDetail))]
public sealed partial class ErrorDetailJson : JsonSerializerContext;
