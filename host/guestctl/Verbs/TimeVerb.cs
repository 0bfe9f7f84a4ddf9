using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Clock;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl time</c>: what time is it in the guest, and make it right.</summary>
internal sealed class TimeVerb : GuestVerb
{
    private readonly Option<DateTimeOffset?> _set = new("--set")
    {
        Description = "Set the clock, as in 2026-05-04T03:02:01Z, or @SECONDS since the epoch; without zone it is this host's",
        HelpName = "TIME",
        CustomParser = static result =>
        {
            if (PointInTime.Parse(result.Tokens[0].Value) is { } time)
            {
                return time;
            }

            result.AddError("--set is a time such as 2026-05-04T03:02:01Z or @1777863721");
            return null;
        },
    };

    private readonly Option<bool> _sync = new("--sync") { Description = "Set the clock to this host's" };

    private readonly Option<bool> _hardware = new("--hctosys")
    {
        Description = "Set the clock to the guest's hardware clock, as hwclock --hctosys",
    };

    public TimeVerb()
        : base(
            "time",
            "Show the guest's clock and how far it is from this host's, or set it.",
            "guestctl -g /run/vm1/agent.sock time --sync")
    {
        Add(_set);
        Add(_sync);
        Add(_hardware);
        Validators.Add(result =>
        {
            if (new Option[] { _set, _sync, _hardware }.Count(option => result.GetResult(option) is not null) > 1)
            {
                result.AddError("--set, --sync and --hctosys exclude each other");
            }
        });
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        if (parsed.GetValue(_set) is { } time)
        {
            await SetAsync(guest, time, report, interrupts.First);
        }
        else if (parsed.GetValue(_sync))
        {
            // Half of what a question takes is what the setting will take on its way.
            long start = Stopwatch.GetTimestamp();
            await guest.PingAsync(interrupts.First);
            TimeSpan way = Stopwatch.GetElapsedTime(start) / 2;
            await SetAsync(guest, TimeProvider.System.GetUtcNow() + way, report, interrupts.First);
        }
        else if (parsed.GetValue(_hardware))
        {
            await SetAsync(guest, null, report, interrupts.First);
        }
        else
        {
            await ShowAsync(guest, report, interrupts.First);
        }

        return ExitCodes.Success;
    }

    private static async Task SetAsync(
        GuestClient guest, DateTimeOffset? time, Report report, CancellationToken cancellationToken)
    {
        TimeSetResult result = await guest.Clock.SetAsync(time, cancellationToken);
        report.Result(result, TimeSetJson.Default.TimeSetResult, static result =>
            [$"{GuestInstant.Utc(result.UnixMs)}, a step of {Signed(result.StepMs)}"]);
    }

    private static async Task ShowAsync(GuestClient guest, Report report, CancellationToken cancellationToken)
    {
        DateTimeOffset asked = TimeProvider.System.GetUtcNow();
        TimeGetResult clock = await guest.Clock.GetAsync(cancellationToken);
        DateTimeOffset middle = asked + ((TimeProvider.System.GetUtcNow() - asked) / 2);
        report.Result(clock, TimeGetJson.Default.TimeGetResult, clock =>
        [
            $"time          {GuestInstant.Utc(clock.UnixMs)}",
            $"ahead         {Signed((double)clock.UnixMs - middle.ToUnixTimeMilliseconds())} of this host",
            $"time zone     {clock.Timezone ?? "not named"}, {Signed(clock.UtcOffsetSeconds * 1000.0)} from UTC",
            $"synchronized  {clock.Synchronized switch { true => "yes", false => "no", null => "unknown" }}",
        ]);
    }

    // Any number may come from the guest: a difference may need more bits than a long has.
    private static string Signed(double milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:+0.###;-0.###;0} s");
}
