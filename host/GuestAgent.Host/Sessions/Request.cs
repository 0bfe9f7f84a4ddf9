using System.Text.Json.Serialization.Metadata;
using GuestAgent.Host.Commands;

namespace GuestAgent.Host.Sessions;

/// <summary>A request before it is sent; it can be sent more than once.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Parameters">Its parameters, free again when it is answered.</param>
/// <param name="Shape">Their JSON shape.</param>
/// <param name="IsRepeatable">True when it may be sent again after its answer was lost.</param>
/// <param name="Deadline">Longest wait for the answer, and for a connection to send it on; null for none.</param>
/// <param name="Output">Where its output notifications go; null when it has none.</param>
/// <param name="ContentBytes">
/// About how many bytes it has on the wire where it carries content, which other requests may overtake; 0 for all others.
/// </param>
/// <param name="Forward">Takes what is told of the connection or listener that it begins; null where it begins none.</param>
internal sealed record Request<T>(
    string Method,
    T Parameters,
    JsonTypeInfo<T> Shape,
    bool IsRepeatable,
    TimeSpan? Deadline,
    CommandOutput? Output = null,
    int ContentBytes = 0,
    IForwardEvents? Forward = null);
