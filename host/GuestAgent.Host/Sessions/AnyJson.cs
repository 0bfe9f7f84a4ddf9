using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Host.Sessions;

/// <summary>JSON shape of parameters that the caller wrote as JSON; writing them again puts them on one line.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class AnyJson : JsonSerializerContext
{
    /// <summary>An object without members.</summary>
    public static readonly JsonElement NoParameters = System.Text.Json.JsonElement.Parse("{}");
}
