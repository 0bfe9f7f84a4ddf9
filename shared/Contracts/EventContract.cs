using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Contracts;

/// <summary>One message that the agent sends unasked, or while a request runs.</summary>
/// <typeparam name="T">Its content.</typeparam>
/// <param name="name">Name on the wire, snake_case.</param>
/// <param name="shape">Makes the JSON shape of the content.</param>
public sealed class EventContract<T>(string name, Func<JsonTypeInfo<T>> shape)
    where T : class
{
    /// <summary>Name on the wire, snake_case.</summary>
    public string Name => name;

    /// <summary>JSON shape of the content; made at first use.</summary>
    public JsonTypeInfo<T> Shape => shape();
}
