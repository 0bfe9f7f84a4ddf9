using GuestAgent.Contracts.Power;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>Power-off and restart of a guest. See <see cref="GuestClient.Power"/>.</summary>
/// <remarks>
/// The guest waits, a short time, until this host has the answer before it goes down: that a call returned means that
/// it was arranged. The connection ends when the guest does.
/// </remarks>
public sealed class GuestPower : IGuestPower
{
    private readonly GuestLink _link;

    internal GuestPower(GuestLink link) => _link = link;

    /// <summary>Powers the guest off, at once or after a while.</summary>
    /// <param name="options">When and how; in 60 s and in good order when null.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; take it back with <see cref="CancelAsync"/>.</param>
    /// <returns>What was arranged, and when it begins by the guest's clock.</returns>
    /// <exception cref="GuestAgentException">The policy or the guest refuses.</exception>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<PowerResult> ShutdownAsync(PowerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PowerOptions();
        return _link.CallAsync(
            Shutdown.Contract,
            new ShutdownRequest(options.Delay.TotalSeconds, options.Force, options.Message),
            cancellationToken);
    }

    /// <summary>Restarts the guest, at once or after a while.</summary>
    /// <inheritdoc cref="ShutdownAsync"/>
    public Task<PowerResult> RebootAsync(PowerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PowerOptions();
        return _link.CallAsync(
            Reboot.Contract,
            new RebootRequest(options.Delay.TotalSeconds, options.Force, options.Message),
            cancellationToken);
    }

    /// <summary>Takes back a power-off or restart that has not begun.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False in <c>Cancelled</c> when none was arranged.</returns>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<ShutdownCancelResult> CancelAsync(CancellationToken cancellationToken = default) =>
        _link.CallAsync(ShutdownCancel.Contract, new ShutdownCancelRequest(), cancellationToken);
}
