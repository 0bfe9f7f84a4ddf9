using System.Text.Json.Serialization.Metadata;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects;

/// <summary>
/// Parameters that a closed dialect has translated into an operation's own request. What they take was counted when their
/// message was read.
/// </summary>
/// <param name="request">The request.</param>
internal sealed class TypedArguments(object request) : ICallArguments
{
    /// <inheritdoc/>
    public int Length => 0;

    /// <inheritdoc/>
    public int HeldBytes => 0;

    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class => (T)request;

    /// <inheritdoc/>
    public long Cost(bool isBytes) => 0;

    /// <inheritdoc/>
    public bool TryHold() => true;

    /// <inheritdoc/>
    public void Release()
    {
        // The request owns its memory.
    }
}
