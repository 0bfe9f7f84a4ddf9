using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Power;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl shutdown</c>: powers the guest off.</summary>
internal sealed class ShutdownVerb()
    : PowerVerb("shutdown", "Power the guest off, in a minute or when told.", "guestctl -g /run/vm1/agent.sock shutdown --in 0")
{
    /// <inheritdoc/>
    protected override Task<PowerResult> ArrangeAsync(
        GuestClient guest, PowerOptions options, CancellationToken cancellationToken) =>
        guest.Power.ShutdownAsync(options, cancellationToken);
}
