using System.CommandLine;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Power;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl reboot</c>: restarts the guest.</summary>
internal sealed class RebootVerb()
    : PowerVerb(
        "reboot",
        "Restart the guest, in a minute or when told.",
        "guestctl -g /run/vm1/agent.sock reboot --in 300 --message 'kernel update'")
{
    /// <inheritdoc/>
    protected override Task<PowerResult> ArrangeAsync(
        GuestClient guest, ParseResult parsed, PowerOptions options, CancellationToken cancellationToken) =>
        guest.Power.RebootAsync(options, cancellationToken);
}
