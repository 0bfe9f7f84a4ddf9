using System.Text.Json;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>A request or notification as the agent saw it.</summary>
/// <param name="Id">JSON text of its id; null in a notification.</param>
/// <param name="Method">Its name.</param>
/// <param name="Params">Its parameters; undefined when it has none.</param>
/// <param name="Line">All of it.</param>
internal sealed record ScriptedCall(string? Id, string Method, JsonElement Params, string Line)
{
    public static ScriptedCall Parse(string line)
    {
        JsonElement message = JsonElement.Parse(line);
        return new ScriptedCall(
            message.TryGetProperty("id", out JsonElement id) ? id.GetRawText() : null,
            message.GetProperty("method").GetString()!,
            message.TryGetProperty("params", out JsonElement parameters) ? parameters : default,
            line);
    }
}
