using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl wait</c>: waits until the guest's agent answers.</summary>
internal sealed class WaitVerb : GuestVerb
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SecondsOption _timeout =
        new("--timeout", "Seconds until giving up; 300 by default", TimeSpan.FromDays(1));

    private readonly Option<string?> _otherThan = new("--other-than")
    {
        Description = "Wait for another boot than this one, as info names it: until a reboot is over",
        HelpName = "BOOT_ID",
    };

    public WaitVerb()
        : base(
            "wait",
            "Wait until the agent answers: the guest may still be starting, or the agent, or the channel.",
            "guestctl -g /run/vm1/agent.sock wait --timeout 60")
    {
        Add(_timeout);
        Add(_otherThan);
    }

    /// <inheritdoc/>
    protected override bool WritesOutput(ParseResult parsed) => parsed.GetValue(GlobalOptions.Json);

    /// <inheritdoc/>
    protected override async Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken)
    {
        TimeSpan limit = parsed.GetValue(_timeout) ?? Usual;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            string fault = "the guest has not been restarted";
            try
            {
                GuestClient guest = await base.ConnectAsync(endpoint, parsed, cancellationToken);
                if (guest.Agent.BootId != parsed.GetValue(_otherThan))
                {
                    return guest;
                }

                await guest.DisposeAsync();
            }
            catch (GuestConnectionException e) when (MayPass(e.Reason))
            {
                fault = e.Message;
            }

            if (Stopwatch.GetElapsedTime(start) + Pause >= limit)
            {
                throw new TimeoutException(string.Create(
                    CultureInfo.InvariantCulture, $"gave up after {limit.TotalSeconds:0.###} s: {fault}"));
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        AgentDescription agent = await guest.GetAgentInfoAsync(interrupts.First);
        report.Result(agent, GetAgentInfoJson.Default.AgentDescription, static _ => []);
        return ExitCodes.Success;
    }

    // What is different when the guest has started: everything but who we are and what the agent is.
    private static bool MayPass(ConnectionFailure reason) => reason is ConnectionFailure.NotFound
        or ConnectionFailure.Refused or ConnectionFailure.NotListening or ConnectionFailure.ChannelHeld
        or ConnectionFailure.NoAnswer or ConnectionFailure.Lost or ConnectionFailure.AgentRestarted or ConnectionFailure.AgentStopping;
}
