using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Contracts;

/// <summary>One message that the agent sends unasked, or while a request runs.</summary>
/// <typeparam name="T">Its content.</typeparam>
/// <param name="Name">Name on the wire, snake_case.</param>
/// <param name="Shape">JSON shape of the content.</param>
public sealed record EventContract<T>(string Name, JsonTypeInfo<T> Shape)
    where T : class;
