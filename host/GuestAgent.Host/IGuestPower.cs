using GuestAgent.Contracts.Power;

namespace GuestAgent.Host;

/// <summary>Power-off and restart, as those that use <see cref="GuestPower"/> see them: to be replaced in tests.</summary>
public interface IGuestPower
{
    /// <inheritdoc cref="GuestPower.ShutdownAsync(PowerOptions?, CancellationToken)"/>
    Task<PowerResult> ShutdownAsync(PowerOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestPower.RebootAsync(PowerOptions?, CancellationToken)"/>
    Task<PowerResult> RebootAsync(PowerOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestPower.CancelAsync(CancellationToken)"/>
    Task<ShutdownCancelResult> CancelAsync(CancellationToken cancellationToken = default);
}
