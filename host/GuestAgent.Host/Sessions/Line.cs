using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Renders a message to the line that is written, before it is queued: the caller's objects are free again.
/// </summary>
internal static class Line
{
    private const int UsualBytes = 256;

    /// <summary>A request, or a notification when <paramref name="id"/> is null.</summary>
    public static ReadOnlyMemory<byte> Call<T>(CallId? id, string method, T parameters, JsonTypeInfo<T> shape)
    {
        var output = new ArrayBufferWriter<byte>(UsualBytes);
        using var writer = new JsonRpcWriter();
        writer.WriteCall(output, id, method, parameters, shape);
        return output.WrittenMemory;
    }
}
