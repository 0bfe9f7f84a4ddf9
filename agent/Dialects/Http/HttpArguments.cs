using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Errors;
using GuestAgent.Sessions;

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
        ReadOnlyMemory<byte> json = body?.Memory ?? default;
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

    // Null when the parameters do not say; what is no JSON is told by whoever reads them.
    private static bool? AsksForEvents(ReadOnlyMemory<byte> json)
    {
        bool? asks = null;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(Stream))
                {
                    asks = reader.Read() && reader.TokenType == JsonTokenType.True;
                }
            }
        }
        catch (JsonException)
        {
            return asks ?? false;
        }

        return asks;
    }

    private static byte[] WithEvents(ReadOnlySpan<byte> json)
    {
        int start = json.IndexOf((byte)'{') + 1;
        ReadOnlySpan<byte> rest = start == 0 ? "}"u8 : json[start..];
        bool isEmpty = rest.TrimStart(" \t\r\n"u8) is [(byte)'}', ..];
        return [.. "{\"stream\":true"u8, .. isEmpty ? ""u8 : ","u8, .. rest];
    }
}
