using System.Text.Json;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Reads what matters in one JSON-RPC message.</summary>
internal static class Message
{
    public static bool IsReady(JsonElement message) => Method(message) == "agent_ready";

    public static bool IsOutput(JsonElement message) => Method(message) == "exec_output";

    /// <summary>Gives the id of a reply; null where the message is none, or answers to nobody.</summary>
    public static string? ReplyId(JsonElement message)
        => Method(message) is null && message.TryGetProperty("id", out JsonElement id)
            && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    public static string? Method(JsonElement message)
        => message.TryGetProperty("method", out JsonElement method) ? method.GetString() : null;

    public static string Instance(JsonElement ready) => Text(ready, "instance");

    public static string BootId(JsonElement ready) => Text(ready, "boot_id");

    private static string Text(JsonElement ready, string name)
        => ready.GetProperty("params").GetProperty(name).GetString() ?? "";
}
