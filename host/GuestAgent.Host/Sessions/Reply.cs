using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The answer to a request, still JSON: read by the caller, so that the connection's reader never works for one.
/// </summary>
internal readonly record struct Reply
{
    private readonly IncomingMessage _incoming;

    private Reply(IncomingMessage incoming)
    {
        _incoming = incoming;
        Error = incoming.Message.Error.Span.SequenceEqual("null"u8) ? default : incoming.Message.Error;
    }

    /// <summary>The result; of no meaning when there is an error.</summary>
    public ReadOnlyMemory<byte> Result => _incoming.Message.Result;

    /// <summary>The error object; empty when the call succeeded.</summary>
    public ReadOnlyMemory<byte> Error { get; }

    /// <summary>What came behind the answer; whoever takes it disposes it. Null for nothing.</summary>
    public FileContent? Body => _incoming.Body;

    /// <summary>The answer that came.</summary>
    public static Reply Of(IncomingMessage incoming) => new(incoming);

    /// <summary>Gives its memory back, once; nothing of it can be read any more.</summary>
    public void Return() => _incoming.Return();

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
