using System.Text.Json;

namespace GuestAgent.Dispatch;

/// <summary>Spells enumeration members the way the wire and the log do.</summary>
internal static class Words
{
    /// <summary><c>TimedOut</c> becomes <c>timed_out</c>.</summary>
    public static string SnakeCase(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
