using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Info;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ip</c>: interfaces, addresses, routes and name servers.</summary>
internal sealed class IpVerb : GuestVerb
{
    private readonly Argument<NetworkPart> _part = new("OBJECT")
    {
        Description = "addr: addresses; link: interfaces with their counters; route: routes; dns: name servers. "
            + "Behind it perhaps show, and an interface, which alone is shown then",
        HelpName = "OBJECT [show] [[dev] INTERFACE]",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => NetworkPart.Usual,
        CustomParser = static result =>
        {
            NetworkPart part = NetworkPart.Parse([.. result.Tokens.Select(token => token.Value)], out string? fault);
            if (fault is not null)
            {
                result.AddError(fault);
            }

            return part;
        },
    };

    private readonly SizeOptions _sizes = new();

    public IpVerb()
        : base("ip", "Show the guest's network.", "guestctl -g /run/vm1/agent.sock ip route")
    {
        _part.CompletionSources.Add([.. NetworkPart.Names]);
        Add(_part);
        _sizes.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        NetworkPart part = parsed.GetValue(_part)!;
        NetworkInfo network = part.Of(await guest.GetNetworkInfoAsync(interrupts.First));
        report.Result(network, GetNetworkInfoJson.Default.NetworkInfo, network => part.Name switch
        {
            "link" => Network.Links(network, _sizes.IsHuman(parsed, report)),
            "route" => Network.Routes(network),
            "dns" => Network.Resolvers(network),
            _ => Network.Addresses(network),
        });
        return ExitCodes.Success;
    }
}
