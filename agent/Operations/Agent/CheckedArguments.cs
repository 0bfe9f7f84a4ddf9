using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Dispatch;
using GuestAgent.Wire;

namespace GuestAgent.Operations.Agent;

/// <summary>The parameters of a call that is only checked, read as those of a request are.</summary>
/// <param name="parameters">The parameters; null for none.</param>
internal sealed class CheckedArguments(JsonElement? parameters) : IArguments
{
    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class =>
        JsonParameters.Read(parameters is { } given ? JsonMarshal.GetRawUtf8Value(given).ToArray() : default, shape, "params");
}
