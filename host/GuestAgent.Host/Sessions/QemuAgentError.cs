using System.Text.Json;
using GuestAgent.Contracts;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Knows what QEMU's guest agent answers to requests of others:
/// <c>{"error":{"class":"GenericError","desc":"…"},"id":…}</c>. It repeats the id since QEMU 4.0, and cannot where what it
/// read was no JSON, as behind half a command of an earlier host. See qga/main.c and qapi/qmp-dispatch.c of QEMU.
/// </summary>
internal static class QemuAgentError
{
    /// <summary>True when the line is such an answer, to this request or to nobody that it names.</summary>
    /// <param name="line">Any bytes without the end of the line.</param>
    /// <param name="id">Our request.</param>
    public static bool Answers(ReadOnlySpan<byte> line, CallId id)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement answer = document.RootElement;
            return answer.ValueKind == JsonValueKind.Object
                && answer.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.Object
                && IsText(error, "class")
                && IsText(error, "desc")
                && (!answer.TryGetProperty("id", out JsonElement asked) || new CallId(asked.GetRawText()) == id);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a name with an escape that is no character.
            return false;
        }
    }

    private static bool IsText(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String;
}
