using GuestAgent.Commands;
using GuestAgent.Dispatch;

namespace GuestAgent.Forwarding;

/// <summary>A forwarded connection from the moment that it has a place: what later requests of its host can act on.</summary>
/// <param name="address">Where it leads to, for the audit record.</param>
/// <param name="windowBytes">Bytes that may be sent to the host before it grants more.</param>
internal sealed class ForwardedConnection(string address, long windowBytes) : IGrant
{
    /// <inheritdoc/>
    public string Subject => address;

    /// <inheritdoc/>
    public string? Rule => null;

    /// <summary>Bytes that may be sent to the host.</summary>
    public OutputWindow Window { get; } = new(windowBytes);

    /// <summary>What waits for the socket.</summary>
    public InputQueue Input { get; } = new(hasPipe: true, "the connection", "forward");
}
