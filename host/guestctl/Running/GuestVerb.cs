using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>A verb that talks to an agent in the native dialect: connects first.</summary>
internal abstract class GuestVerb(string name, string description, string example) : ReportedVerb(name, description, example)
{
    /// <summary>Connects to the guest.</summary>
    protected virtual Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken) =>
        GuestClient.ConnectAsync(endpoint, GlobalOptions.Client(parsed), cancellationToken);

    /// <summary>Does the work.</summary>
    /// <returns>What to exit with.</returns>
    protected abstract Task<int> RunAsync(GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts);

    /// <inheritdoc/>
    protected override async Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestEndpoint endpoint = GlobalOptions.Endpoint(parsed);
        GuestClient guest = await ConnectAsync(endpoint, parsed, interrupts.First);
        try
        {
            return await RunAsync(guest, parsed, report, interrupts);
        }
        finally
        {
            await guest.LeaveAsync();
        }
    }
}
