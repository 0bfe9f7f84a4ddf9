using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>
/// The name of one request, as its sender wrote it (JSON string, number or null). Equal when the JSON text is equal.
/// </summary>
/// <param name="Json">The id as JSON text.</param>
[JsonConverter(typeof(CallIdConverter))]
public readonly record struct CallId(string Json)
{
    /// <summary>The id of replies to messages whose own id could not be read.</summary>
    public static readonly CallId Null = new("null");

    /// <summary>An id that is a JSON string.</summary>
    /// <param name="text">Its value; must need no escaping.</param>
    public static CallId FromText(string text) => new($"\"{text}\"");

    /// <inheritdoc/>
    public override string ToString() => Json ?? "null";
}
