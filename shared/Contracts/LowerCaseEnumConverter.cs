using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>Writes an enumeration as its snake_case name, and reads nothing else: no numbers, no other case.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, false)
    where T : struct, Enum;
