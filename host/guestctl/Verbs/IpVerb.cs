using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Info;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ip</c>: interfaces, addresses, routes and name servers.</summary>
internal sealed class IpVerb : GuestVerb
{
    private readonly Argument<string> _object = new("OBJECT")
    {
        Description = "addr: addresses; link: interfaces with their counters; route: routes; dns: name servers",
        DefaultValueFactory = static _ => "addr",
    };

    private readonly SizeOptions _sizes = new();

    public IpVerb()
        : base("ip", "Show the guest's network.", "guestctl -g /run/vm1/agent.sock ip route")
    {
        _object.AcceptOnlyFromAmong("addr", "link", "route", "dns");
        Add(_object);
        _sizes.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        NetworkInfo network = await guest.GetNetworkInfoAsync(interrupts.First);
        report.Result(network, GetNetworkInfoJson.Default.NetworkInfo, network => parsed.GetValue(_object) switch
        {
            "link" => Network.Links(network, _sizes.IsHuman(parsed, report)),
            "route" => Network.Routes(network),
            "dns" => Network.Resolvers(network),
            _ => Network.Addresses(network),
        });
        return ExitCodes.Success;
    }
}
