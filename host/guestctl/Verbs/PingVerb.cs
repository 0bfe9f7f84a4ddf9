using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ping</c>: is the agent alive, and how long does an answer take?</summary>
internal sealed class PingVerb : GuestVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Option<int> _count = new("--count", "-c")
    {
        Description = "How often to ask, once a second",
        HelpName = "COUNT",
        DefaultValueFactory = _ => 1,
        CustomParser = ReadCount,
    };

    public PingVerb()
        : base(
            "ping",
            "Ask the agent for a sign of life and print how long it took.",
            "guestctl -g /run/vm1/agent.sock ping -c 3") => Add(_count);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        for (int i = 0; i < parsed.GetValue(_count); i++)
        {
            if (i > 0)
            {
                await Task.Delay(Interval, interrupts.First);
            }

            long start = Stopwatch.GetTimestamp();
            PingResult pong = await guest.PingAsync(interrupts.First);
            var reply = new PingReport(Stopwatch.GetElapsedTime(start).TotalSeconds, pong.Timestamp);
            report.Result(reply, OutputJson.Default.PingReport, Describe);
        }

        return ExitCodes.Success;
    }

    private static int ReadCount(ArgumentResult result)
    {
        string word = result.Tokens[0].Value;
        bool isNumber = int.TryParse(word, CultureInfo.InvariantCulture, out int count);
        if (!isNumber || count < 1)
        {
            result.AddError($"--count {word}: {(isNumber ? "out of range" : "no whole number that can be counted to")}; it is at least 1");
        }

        return count;
    }

    private static IEnumerable<string> Describe(PingReport reply) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"answer in {reply.RoundTripSeconds * 1000:0.000} ms, guest time {GuestTime(reply.GuestTime)}"),
    ];

    // The guest may send any number.
    private static string GuestTime(long seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : seconds.ToString(CultureInfo.InvariantCulture);
}
