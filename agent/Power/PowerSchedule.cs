using System.Globalization;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Policy;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Power;

/// <summary>
/// The one power-off or restart that is arranged. It belongs to the guest and not to the host that asked: it comes when
/// that host has gone, too, and whoever may arrange one may replace it or take it back. A policy that does not allow it any
/// more takes it back as well.
/// </summary>
/// <param name="power">Does it.</param>
/// <param name="announce">Tells the users that are logged in.</param>
/// <param name="clock">Measures the delay; wall clock times are for people.</param>
/// <param name="logger">Tells the journal.</param>
internal sealed partial class PowerSchedule(
    IPowerSwitch power, Action<string> announce, TimeProvider clock, ILogger<PowerSchedule> logger) : IOngoingSource
{
    private readonly Lock _gate = new();
    private Arranged? _next;

    /// <summary>Arranges a power-off or restart in place of whatever was arranged before.</summary>
    /// <param name="grant">The permission.</param>
    /// <param name="answered">Completes when the host has its answer; before that nothing happens.</param>
    /// <param name="origin">What asked for it.</param>
    /// <returns>When it begins, in UTC, and a sentence that says so.</returns>
    /// <exception cref="Errors.OperationException"><see cref="Errors.ErrorCode.NotSupported"/>: the agent could not.</exception>
    public (DateTime At, string Sentence) Arrange(PowerGrant grant, Task answered, Origin origin)
    {
        power.Require(grant);
        var arranged = new Arranged(this, grant, answered, origin, clock.GetUtcNow().UtcDateTime + grant.Delay);
        Arranged? former;
        lock (_gate)
        {
            former = _next;
            former?.Timer?.Dispose();
            _next = arranged;
            arranged.Timer = clock.CreateTimer(_ => _ = BeginAsync(arranged), null, grant.Delay, Timeout.InfiniteTimeSpan);
        }

        string sentence = former is null ? arranged.Sentence : $"{arranged.Sentence} This replaces what was arranged before.";
        Told(sentence, grant.Message ?? "-");
        announce(grant.Message is null ? sentence : $"{sentence}\n{grant.Message}");
        return (arranged.At, sentence);
    }

    /// <summary>Takes back what is arranged.</summary>
    /// <returns>False when nothing was, or when it has begun.</returns>
    public bool Cancel() => TakeBack(null);

    /// <inheritdoc/>
    public IReadOnlyList<IOngoing> Now()
    {
        lock (_gate)
        {
            return _next is null ? [] : [_next];
        }
    }

    // One alone, or whatever is arranged.
    private bool TakeBack(Arranged? one)
    {
        lock (_gate)
        {
            if (_next is null || (one is not null && one != _next))
            {
                return false;
            }

            _next.Timer?.Dispose();
            _next = null;
        }

        const string Sentence = "The system stays up: what was arranged has been taken back.";
        Told(Sentence, "-");
        announce(Sentence);
        return true;
    }

    private async Task BeginAsync(Arranged arranged)
    {
        await arranged.Answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (_next != arranged)
            {
                return;
            }

            _next = null;
        }

        await power.ActAsync(arranged.Grant);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "power: {Sentence} message=\"{Text}\"")]
    private partial void Told(string sentence, string text);

    private sealed class Arranged(PowerSchedule schedule, PowerGrant grant, Task answered, Origin origin, DateTime at) : IOngoing
    {
        public string Operation => origin.Operation;

        public Caller Caller => origin.Caller;

        public CallId Id => origin.Id;

        public string Subject => Grant.Subject;

        public PowerGrant Grant { get; } = grant;

        public Task Answered { get; } = answered;

        public DateTime At { get; } = at;

        public ITimer? Timer { get; set; }

        public void Reauthorise() => origin.Reauthorise();

        public bool Withdraw(Failure refusal) => schedule.TakeBack(this);

        public string Sentence => string.Create(
            CultureInfo.InvariantCulture,
            $"The system {(Grant.Action == PowerAction.PowerOff ? "powers off" : "restarts")} {When}.");

        private string When => Grant.Delay == TimeSpan.Zero
            ? "now"
            : string.Create(CultureInfo.InvariantCulture, $"in {Grant.Delay.TotalSeconds} s, at {Date} {Time} UTC");

        // Number by number: the framework's own formats bring its time zones into the program, 100 kB.
        private string Date => string.Create(CultureInfo.InvariantCulture, $"{At.Year:D4}-{At.Month:D2}-{At.Day:D2}");

        private string Time => string.Create(CultureInfo.InvariantCulture, $"{At.Hour:D2}:{At.Minute:D2}:{At.Second:D2}");
    }
}
