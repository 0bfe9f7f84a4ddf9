using System.Text.Json.Serialization;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Contracts.Agent;

/// <summary>The error that an operation would be answered with, as it would stand in its reply.</summary>
/// <param name="Number">The number of its code, such as -32001.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Data">The rule that refuses and the field that it is about; null when there is none to name.</param>
public sealed record PolicyRefusal(
    [property: JsonPropertyName("code")]
    int Number,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ErrorDetail? Data = null)
{
    /// <summary>What kind of error it is; null when this version does not know the number.</summary>
    [JsonIgnore]
    public ErrorCode? Code => JsonRpcErrors.FromNumber(Number);

    /// <summary>That of a failure.</summary>
    /// <param name="code">What kind of failure it is.</param>
    /// <param name="message">One sentence for people.</param>
    /// <param name="detail">Rule and field, which is that of a parameter; null when there is none to name.</param>
    public static PolicyRefusal Of(ErrorCode code, string message, ErrorDetail? detail) =>
        new(JsonRpcErrors.ToNumber(code), message, detail is null ? null : JsonRpcErrors.InRequest(detail));
}
