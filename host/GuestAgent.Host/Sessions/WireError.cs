using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Host.Sessions;

/// <summary>The error object of a JSON-RPC reply, whose <c>data</c> may be anything.</summary>
/// <param name="Code">The error's number.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Data">Detail, usually an <see cref="Errors.ErrorDetail"/>.</param>
internal sealed record WireError(int Code, string Message, JsonElement? Data = null);

/// <summary>JSON shape of <see cref="WireError"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WireError))]
internal sealed partial class WireErrorJson : JsonSerializerContext;
