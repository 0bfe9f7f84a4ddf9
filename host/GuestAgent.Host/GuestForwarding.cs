using GuestAgent.Contracts.Forward;
using GuestAgent.Host.Forwarding;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>
/// Connections to and from ports and Unix sockets of a guest, many over its one channel; the guest needs no network. See
/// <see cref="GuestClient.Forwarding"/>.
/// </summary>
public sealed class GuestForwarding : IGuestForwarding
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(5);

    private readonly GuestLink _link;
    private readonly OpenForwards _forwards = new();

    internal GuestForwarding(GuestLink link) => _link = link;

    /// <summary>Connects to something that listens in the guest.</summary>
    /// <param name="address">
    /// <c>HOST:PORT</c> or the absolute path of a Unix stream socket, as the guest sees it. HOST is <c>localhost</c> or an address, one
    /// of IPv6 in brackets: the guest resolves no other name.
    /// </param>
    /// <param name="timeout">How long the guest waits until it is connected, above 0, up to 5 minutes; 10 s when null.</param>
    /// <param name="cancellationToken">Gives up; has no effect later.</param>
    /// <exception cref="GuestAgentException">The policy refuses, or nobody listens there.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public async Task<GuestStream> ConnectAsync(
        string address, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        TimeSpan limit = timeout ?? UsualTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxTimeout, nameof(timeout));
        return new GuestStream(await ForwardChannel
            .OpenAsync(
                _link, _forwards, window => new ForwardOpenRequest(address, window, limit.TotalSeconds), cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>Has the agent listen in the guest for this host.</summary>
    /// <param name="address">
    /// As for <see cref="ConnectAsync"/>, with port 0 for one that the guest's kernel chooses; or the path of a socket that is not there
    /// yet, which is removed with the listener.
    /// </param>
    /// <param name="cancellationToken">Gives up; has no effect later.</param>
    /// <exception cref="GuestAgentException">The policy refuses, or the place is taken.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<GuestPortListener> ListenAsync(string address, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return GuestPortListener.OpenAsync(_link, _forwards, address, cancellationToken);
    }
}
