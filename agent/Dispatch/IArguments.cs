using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Dispatch;

/// <summary>The parameters of a call, not yet typed: JSON of an open dialect, or a closed dialect's own request.</summary>
internal interface IArguments
{
    /// <summary>Reads them as <typeparamref name="T"/>.</summary>
    /// <exception cref="Errors.OperationException">They do not have that shape; names the field.</exception>
    T Read<T>(JsonTypeInfo<T> shape)
        where T : class;
}
