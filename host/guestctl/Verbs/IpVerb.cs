using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Info;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ip</c>: interfaces, addresses, routes and name servers.</summary>
internal sealed class IpVerb : GuestVerb
{
    private static readonly string[] Objects = ["addr", "link", "route", "dns"];

    private readonly Argument<string> _object = new("OBJECT")
    {
        Description = "addr: addresses; link: interfaces with their counters; route: routes; dns: name servers",
        DefaultValueFactory = static _ => Objects[0],
        CustomParser = static result =>
        {
            string word = result.Tokens[0].Value;
            // As ip(8): the beginning of a word will do.
            string? meant = word is "address" ? Objects[0]
                : Array.Find(Objects, one => word.Length > 0 && one.StartsWith(word, StringComparison.Ordinal));
            if (meant is null)
            {
                result.AddError($"{word}: what to show is one of {string.Join(", ", Objects)}");
            }

            return meant!;
        },
    };

    private readonly SizeOptions _sizes = new();

    public IpVerb()
        : base("ip", "Show the guest's network.", "guestctl -g /run/vm1/agent.sock ip route")
    {
        _object.CompletionSources.Add(Objects);
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
