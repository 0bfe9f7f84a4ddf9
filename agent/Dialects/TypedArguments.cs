using System.Text.Json.Serialization.Metadata;
using GuestAgent.Dispatch;

namespace GuestAgent.Dialects;

/// <summary>Parameters that a closed dialect has translated into an operation's own request.</summary>
/// <param name="request">The request.</param>
internal sealed class TypedArguments(object request) : IArguments
{
    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class => (T)request;
}
