using System.Net;
using GuestAgent.Dispatch;
using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>
/// Permission to connect to, or to listen at, one place. Made by <see cref="ForwardPolicy"/> alone. A place in the file system it
/// holds open.
/// </summary>
/// <param name="Address">As the request has it.</param>
/// <param name="EndPoints">What was allowed of it, in the order in which it is tried; none for a path.</param>
/// <param name="Place">Where the path leads; null for an address.</param>
/// <param name="Rule">What of the configuration has granted it.</param>
internal sealed record ForwardGrant(string Address, IReadOnlyList<IPEndPoint> EndPoints, Place? Place, string? Rule) : IGrant, IDisposable
{
    /// <inheritdoc/>
    public string Subject => Place?.Path?.ToString() ?? Address;

    /// <inheritdoc/>
    public void Dispose() => Place?.Dispose();
}
