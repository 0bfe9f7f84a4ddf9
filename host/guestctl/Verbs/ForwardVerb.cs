using System.CommandLine;
using GuestAgent.Cli.Forwarding;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl forward</c>: connections to and from ports and Unix sockets of the guest.</summary>
internal sealed class ForwardVerb : GuestVerb
{
    private readonly Argument<string[]> _specs = new("[ADDR:]PORT:HOST:PORT")
    {
        Description = "As for -L; with --stdio HOST:PORT, or the path of a Unix socket in the guest",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _local = new("--local", "-L")
    {
        Description = "Listen on this host and connect in the guest; loopback unless ADDR says otherwise; any number of times",
        HelpName = "SPEC",
    };

    private readonly Option<string[]> _remote = new("--remote", "-R")
    {
        Description = "Listen in the guest and connect on this host; any number of times",
        HelpName = "SPEC",
    };

    private readonly Option<bool> _stdio = new("--stdio")
    {
        Description = "Carry one connection over standard input and output, as ssh's ProxyCommand wants it",
    };

    public ForwardVerb()
        : base(
            "forward",
            "Carry connections over the guest's channel: to what listens in the guest, or from there to this host.",
            "guestctl -g /run/vm1/agent.sock forward 8080:localhost:80\n" +
            "  ssh -o ProxyCommand='guestctl -g /run/vm1/agent.sock forward --stdio localhost:22' root@vm1")
    {
        Add(_specs);
        Add(_local);
        Add(_remote);
        Add(_stdio);
    }

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) => parsed.GetValue(_stdio);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        if (parsed.GetValue(_stdio))
        {
            await CarryOneAsync(guest, Target(parsed), interrupts.First);
            return ExitCodes.Success;
        }

        await new ForwardRun(guest, report).RunAsync(Specs(parsed), interrupts.First);
        return ExitCodes.Success;
    }

    /// <inheritdoc/>
    protected override Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken)
    {
        // What is wrong with the words is said before anybody is asked.
        _ = parsed.GetValue(_stdio) ? (object)Target(parsed) : Specs(parsed);
        return base.ConnectAsync(endpoint, parsed, cancellationToken);
    }

    private static async Task CarryOneAsync(GuestClient guest, string target, CancellationToken cancellationToken)
    {
        GuestStream stream = await guest.Forwarding.ConnectAsync(target, null, cancellationToken);
        await using Stream input = StandardStreams.OpenInput(null);
        Stream output = StandardStreams.OpenOutput();
        await Relay.RunAsync(input, output, StandardStreams.CloseOutput, stream, cancellationToken);
    }

    private string Target(ParseResult parsed) =>
        parsed.GetResult(_local) is null && parsed.GetResult(_remote) is null && parsed.GetValue(_specs) is [var target]
            ? ForwardSpec.ParseTarget(target)
            : throw new UsageException("--stdio carries one connection: say HOST:PORT, or the path of a Unix socket in the guest");

    private List<ForwardSpec> Specs(ParseResult parsed)
    {
        List<ForwardSpec> specs =
        [
            .. (parsed.GetValue(_specs) ?? []).Select(static word => ForwardSpec.Parse(word, fromGuest: false)),
            .. (parsed.GetValue(_local) ?? []).Select(static word => ForwardSpec.Parse(word, fromGuest: false)),
            .. (parsed.GetValue(_remote) ?? []).Select(static word => ForwardSpec.Parse(word, fromGuest: true)),
        ];
        return specs.Count > 0 ? specs : throw new UsageException("nothing to forward: say [ADDR:]PORT:HOST:PORT");
    }
}
