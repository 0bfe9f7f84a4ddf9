using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Reads what an agent sent in the shape of its contract. Strict in all but one thing: members that this version does
/// not know are skipped, because a newer agent of the same major version may add some.
/// </summary>
internal static class GuestJson
{
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Tolerant = [];

    /// <summary>The value.</summary>
    /// <param name="json">Its JSON.</param>
    /// <param name="shape">The contract's shape.</param>
    /// <exception cref="GuestConnectionException">The JSON does not have that shape.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, Tolerate(shape)) ?? throw Misfit<T>("it is null");
        }
        catch (JsonException e)
        {
            throw Misfit<T>($"see {e.Path ?? "its beginning"}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's answer to an escape that is no character, such as a lone surrogate.
            throw Misfit<T>("it is not text", e);
        }
    }

    private static JsonTypeInfo<T> Tolerate<T>(JsonTypeInfo<T> shape) =>
        (JsonTypeInfo<T>)Tolerant
            .GetValue(
                shape.Options,
                static strict => new JsonSerializerOptions(strict)
                {
                    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
                    Converters = { new FiniteNumberConverter() },
                })
            .GetTypeInfo(typeof(T));

    private static GuestConnectionException Misfit<T>(string fault, Exception? cause = null) =>
        GuestConnectionException.Violation($"a {typeof(T).Name} is not what its contract says: {fault}.", cause);
}
