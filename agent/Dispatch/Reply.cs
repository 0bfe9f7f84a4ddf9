using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Dispatch;

/// <summary>The answer to one call: a result with its JSON shape, or a failure.</summary>
internal readonly record struct Reply
{
    private Reply(object? result, JsonTypeInfo? shape, Failure? failure)
    {
        Result = result;
        Shape = shape;
        Failure = failure;
    }

    /// <summary>The result; null when the call failed.</summary>
    public object? Result { get; }

    /// <summary>JSON shape of the result; null when the call failed.</summary>
    public JsonTypeInfo? Shape { get; }

    /// <summary>Why the call failed; null when it did not.</summary>
    public Failure? Failure { get; }

    /// <summary>A successful answer.</summary>
    public static Reply Of<T>(T result, JsonTypeInfo<T> shape)
        where T : class => new(result, shape, null);

    /// <summary>An unsuccessful answer.</summary>
    public static Reply Of(Failure failure) => new(null, null, failure);
}
