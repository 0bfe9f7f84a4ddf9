using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using GuestAgent.Errors;
using GuestAgent.Sessions;
using GuestAgent.Wire;

namespace GuestAgent.Dialects.Http;

/// <summary>The parameters of a request: its body.</summary>
/// <param name="body">The body; null when there is none, which means no parameters. Held once, for this object.</param>
/// <param name="wantsEvents">Whether the host takes events before the result.</param>
internal sealed class HttpArguments(ReceivedLine? body, bool wantsEvents) : ICallArguments
{
    // What an operation with events calls the parameter that asks for them.
    private const string Stream = "stream";

    private readonly int _values = body is null ? 0 : MessageCost.CountValues(new(body.Memory));

    /// <inheritdoc/>
    public int Length => body?.Memory.Length ?? 0;

    /// <inheritdoc/>
    public int HeldBytes => Length;

    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class
    {
        ReadOnlyMemory<byte> json = Text();
        if (shape.Properties.Any(property => property.Name == Stream))
        {
            bool? asked = AsksForEvents(json);
            if (asked == true && !wantsEvents)
            {
                throw OperationException.InvalidParameter(
                    Stream, "Events come before the result where Accept is application/x-ndjson or text/event-stream.");
            }

            if (asked is null && wantsEvents)
            {
                json = WithEvents(json.Span);
            }
        }

        return JsonParameters.Read(json, shape, holder: "");
    }

    /// <inheritdoc/>
    public long Cost(bool isBytes) => MessageCost.Of(Length, _values, isBytes);

    /// <inheritdoc/>
    public bool TryHold()
    {
        body?.Hold();
        return true;
    }

    /// <inheritdoc/>
    public void Release() => body?.Release();

    // JSON without what stands around it; empty for none.
    private ReadOnlyMemory<byte> Text()
    {
        ReadOnlyMemory<byte> text = (body?.Memory ?? default).Trim(" \t\r\n"u8);
        try
        {
            var reader = new Utf8JsonReader(text.Span);
            while (!text.IsEmpty && reader.Read())
            {
                // To the end: nothing else says that it is JSON.
            }
        }
        catch (JsonException e)
        {
            throw new OperationException(ErrorCode.ParseError, "The body is not JSON.", cause: e);
        }

        return Utf8.IsValid(text.Span) ? text : throw new OperationException(ErrorCode.ParseError, "The body is not UTF-8.");
    }

    // Null when the parameters do not say.
    private static bool? AsksForEvents(ReadOnlyMemory<byte> json)
    {
        bool? asks = null;
        var reader = new Utf8JsonReader(json.Span);
        while (!json.IsEmpty && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(Stream))
            {
                asks = reader.Read() && reader.TokenType == JsonTokenType.True;
            }
        }

        return asks;
    }

    private static byte[] WithEvents(ReadOnlySpan<byte> json)
    {
        // What is no object is refused as it is.
        ReadOnlySpan<byte> rest = json is [(byte)'{', .. var members] ? members : json.IsEmpty ? "}"u8 : default;
        if (rest.IsEmpty)
        {
            return json.ToArray();
        }

        bool isEmpty = rest.TrimStart(" \t\r\n"u8) is [(byte)'}', ..];
        return [.. "{\"stream\":true"u8, .. isEmpty ? ""u8 : ","u8, .. rest];
    }
}
