using GuestAgent.Contracts.Clock;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>The wall clock of a guest. See <see cref="GuestClient.Clock"/>.</summary>
public sealed class GuestClock : IGuestClock
{
    private readonly GuestLink _link;

    internal GuestClock(GuestLink link) => _link = link;

    /// <summary>Asks what time it is in the guest.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<TimeGetResult> GetAsync(CancellationToken cancellationToken = default) =>
        _link.CallAsync(TimeGet.Contract, new TimeGetRequest(), cancellationToken);

    /// <summary>
    /// Sets the guest's clock, as after a pause or a restored snapshot. The answer tells by how many milliseconds it
    /// went forward.
    /// </summary>
    /// <param name="time">The time, to the millisecond; that of the guest's hardware clock when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestAgentException">The policy refuses, or there is no hardware clock.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<TimeSetResult> SetAsync(DateTimeOffset? time = null, CancellationToken cancellationToken = default) =>
        _link.CallAsync(TimeSet.Contract, new TimeSetRequest(time?.ToUnixTimeMilliseconds()), cancellationToken);
}
