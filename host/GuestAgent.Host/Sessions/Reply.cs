using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The answer to a request, still JSON: read by the caller, so that the connection's reader never works for one.
/// </summary>
internal readonly record struct Reply
{
    private Reply(ReadOnlyMemory<byte> result, ReadOnlyMemory<byte> error)
    {
        Result = result;
        Error = error;
    }

    /// <summary>The result; of no meaning when there is an error.</summary>
    public ReadOnlyMemory<byte> Result { get; }

    /// <summary>The error object; empty when the call succeeded.</summary>
    public ReadOnlyMemory<byte> Error { get; }

    /// <summary>The answer in <paramref name="message"/>.</summary>
    public static Reply Of(JsonRpcMessage message) =>
        new(message.Result, message.Error.Span.SequenceEqual("null"u8) ? default : message.Error);

    /// <summary>The result in the shape of its contract.</summary>
    /// <exception cref="GuestAgentException">The answer is an error.</exception>
    /// <exception cref="GuestConnectionException">The answer does not have its shape.</exception>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class
    {
        ThrowIfError();
        return GuestJson.Read(Result, shape);
    }

    /// <summary>The result as it came.</summary>
    /// <exception cref="GuestAgentException">The answer is an error.</exception>
    /// <exception cref="GuestConnectionException">The error does not have its shape.</exception>
    public JsonElement ReadRaw()
    {
        ThrowIfError();
        using JsonDocument document = JsonDocument.Parse(Result);
        return document.RootElement.Clone();
    }

    /// <summary>The error of the answer, or null when it is a result.</summary>
    /// <param name="detail">The error's detail; null when it has none that can be read.</param>
    /// <exception cref="GuestConnectionException">The error does not have its shape.</exception>
    public WireError? ReadError(out ErrorDetail? detail)
    {
        detail = null;
        if (Error.IsEmpty)
        {
            return null;
        }

        WireError error = GuestJson.Read(Error, WireErrorJson.Default.WireError);
        detail = ReadDetail(error.Data);
        return error;
    }

    private void ThrowIfError()
    {
        if (ReadError(out ErrorDetail? detail) is { } error)
        {
            throw new GuestAgentException(error.Code, error.Message, detail);
        }
    }

    private static ErrorDetail? ReadDetail(JsonElement? data)
    {
        try
        {
            return data is { ValueKind: JsonValueKind.Object } detail
                ? detail.Deserialize(ErrorDetailJson.Default.ErrorDetail)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // JSON-RPC leaves the form of "data" to the server; the code and the sentence are still good.
            return null;
        }
    }
}
