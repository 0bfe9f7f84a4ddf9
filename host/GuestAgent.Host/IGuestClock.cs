using GuestAgent.Contracts.Clock;

namespace GuestAgent.Host;

/// <summary>The guest's clock, as those that use <see cref="GuestClock"/> see it: to be replaced in tests.</summary>
public interface IGuestClock
{
    /// <inheritdoc cref="GuestClock.GetAsync(CancellationToken)"/>
    Task<TimeGetResult> GetAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestClock.SetAsync(DateTimeOffset?, CancellationToken)"/>
    Task<TimeSetResult> SetAsync(DateTimeOffset? time = null, CancellationToken cancellationToken = default);
}
