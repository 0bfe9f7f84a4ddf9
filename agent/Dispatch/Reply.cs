using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>
/// The answer to one call: a result with its JSON shape, and a body where the request asked for one; or a failure. Whoever has
/// sent it disposes it.
/// </summary>
internal readonly record struct Reply : IDisposable
{
    private Reply(object? result, JsonTypeInfo? shape, Failure? failure, Body? body)
    {
        Result = result;
        Shape = shape;
        Failure = failure;
        Body = body;
    }

    /// <summary>The result; null when the call failed.</summary>
    public object? Result { get; }

    /// <summary>JSON shape of the result; null when the call failed.</summary>
    public JsonTypeInfo? Shape { get; }

    /// <summary>Why the call failed; null when it did not.</summary>
    public Failure? Failure { get; }

    /// <summary>Bytes beside the result; null for none. Belongs to the reply until it is detached.</summary>
    public Body? Body { get; }

    /// <summary>A successful answer.</summary>
    public static Reply Of<T>(T result, JsonTypeInfo<T> shape, Body? body = null)
        where T : class => new(result, shape, null, body);

    /// <summary>An unsuccessful answer.</summary>
    public static Reply Of(Failure failure) => new(null, null, failure, null);

    /// <summary>Gives back the memory of result and body.</summary>
    public void Dispose()
    {
        (Result as IDisposable)?.Dispose();
        Body?.Dispose();
    }
}
