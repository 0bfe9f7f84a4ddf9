using System.CommandLine;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Power;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl shutdown</c>: powers the guest off, or restarts it, with the words of shutdown(8).</summary>
internal sealed class ShutdownVerb : PowerVerb
{
    private readonly Option<bool> _off = new("--poweroff", "-P", "-h") { Description = "Power off, which it does anyway" };

    private readonly Option<bool> _restart = new("--reboot", "-r") { Description = "Restart instead" };

    public ShutdownVerb()
        : base("shutdown", "Power the guest off, in a minute or when told.", "guestctl -g /run/vm1/agent.sock shutdown now")
    {
        Add(_off);
        Add(_restart);
        Validators.Add(result =>
        {
            if (result.GetResult(_off) is not null && result.GetResult(_restart) is not null)
            {
                result.AddError("--poweroff and --reboot exclude each other");
            }
        });
    }

    /// <inheritdoc/>
    protected override Task<PowerResult> ArrangeAsync(
        GuestClient guest, ParseResult parsed, PowerOptions options, CancellationToken cancellationToken) =>
        parsed.GetValue(_restart)
            ? guest.Power.RebootAsync(options, cancellationToken)
            : guest.Power.ShutdownAsync(options, cancellationToken);
}
