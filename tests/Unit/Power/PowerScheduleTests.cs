using System.Threading.Channels;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Power;
using GuestAgent.Tests.Unit.Host.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GuestAgent.Tests.Unit.Power;

/// <summary>When a power-off comes, and when it does not. What would do it only notes that it was asked.</summary>
public sealed class PowerScheduleTests
{
    private readonly WatchedClock _clock = new();
    private readonly NotedSwitch _switch = new();
    private readonly List<string> _announced = [];
    private readonly PowerSchedule _schedule;

    private static Origin Origin => new("shutdown", new Caller("unix:/test", "-", null), CallId.Null, () =>
        throw new OperationException(ErrorCode.PermissionDenied, "No."));

    public PowerScheduleTests() =>
        _schedule = new PowerSchedule(_switch, _announced.Add, _clock, NullLogger<PowerSchedule>.Instance);

    [Fact]
    public async Task It_comes_when_the_delay_is_over_and_not_before()
    {
        PowerGrant grant = Grant(PowerAction.PowerOff, 90);
        _schedule.Arrange(grant, Task.CompletedTask, Origin);
        _clock.Advance(TimeSpan.FromSeconds(89));
        Assert.Empty(_switch.Acted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(grant, await _switch.NextAsync());
        Assert.False(_schedule.Cancel());
    }

    [Fact]
    public async Task It_waits_for_the_answer_to_arrive_and_can_be_taken_back_meanwhile()
    {
        var answered = new TaskCompletionSource();
        _schedule.Arrange(Grant(PowerAction.PowerOff, 0), answered.Task, Origin);
        _clock.Advance(TimeSpan.Zero);
        Assert.Empty(_switch.Acted);
        answered.SetResult();
        await _switch.NextAsync();

        var other = new TaskCompletionSource();
        _schedule.Arrange(Grant(PowerAction.PowerOff, 0), other.Task, Origin);
        _clock.Advance(TimeSpan.Zero);
        Assert.True(_schedule.Cancel());
        other.SetResult();
        Assert.False(_schedule.Cancel());
        Assert.Single(_switch.Acted);
    }

    [Fact]
    public void What_the_policy_does_not_allow_any_more_is_taken_back_and_no_other()
    {
        _schedule.Arrange(Grant(PowerAction.PowerOff, 10), Task.CompletedTask, Origin);
        IOngoing former = Assert.Single(_schedule.Now());
        Assert.Throws<OperationException>(former.Reauthorise);
        _schedule.Arrange(Grant(PowerAction.Reboot, 10), Task.CompletedTask, Origin);
        var refusal = new Failure(ErrorCode.PermissionDenied, "No.");
        Assert.False(former.Withdraw(refusal));

        Assert.True(Assert.Single(_schedule.Now()).Withdraw(refusal));

        Assert.Empty(_schedule.Now());
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(_switch.Acted);
        Assert.Contains("stays up", _announced[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_one_replaces_the_one_before()
    {
        _schedule.Arrange(Grant(PowerAction.PowerOff, 10), Task.CompletedTask, Origin);
        PowerGrant reboot = Grant(PowerAction.Reboot, 60);
        Assert.Contains("replaces", _schedule.Arrange(reboot, Task.CompletedTask, Origin).Sentence, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(_switch.Acted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(reboot, await _switch.NextAsync());
        Assert.Single(_switch.Acted);
    }

    [Fact]
    public void One_that_is_taken_back_never_comes()
    {
        _schedule.Arrange(Grant(PowerAction.PowerOff, 10), Task.CompletedTask, Origin);
        Assert.True(_schedule.Cancel());
        Assert.False(_schedule.Cancel());
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Empty(_switch.Acted);
    }

    [Fact]
    public void What_cannot_be_done_is_refused_at_once_and_leaves_what_is_arranged()
    {
        _schedule.Arrange(Grant(PowerAction.PowerOff, 10), Task.CompletedTask, Origin);
        _switch.Refuses = true;
        Assert.Throws<OperationException>(() => _schedule.Arrange(Grant(PowerAction.Reboot, 5), Task.CompletedTask, Origin));
        Assert.True(_schedule.Cancel());
    }

    [Fact]
    public void Users_are_told_what_comes_and_that_it_does_not()
    {
        _schedule.Arrange(new PowerGrant(PowerAction.PowerOff, TimeSpan.FromSeconds(90), false, "save your work"), Task.CompletedTask, Origin);
        _schedule.Cancel();
        Assert.Equal("The system powers off in 90 s, at 2026-01-02 04:01:33 UTC.\nsave your work", _announced[0]);
        Assert.Contains("stays up", _announced[1], StringComparison.Ordinal);
    }

    [Fact]
    public void No_terminal_gets_anything_that_it_would_act_on()
    {
        string text = System.Text.Encoding.UTF8.GetString(UserTerminals.Encode("first\nsecond\u001b[2J\u009b\r\u0007é"));
        Assert.Equal("\r\nMessage from the guest agent:\r\nfirst\r\nsecond [2J   é\r\n", text);
    }

    private static PowerGrant Grant(PowerAction action, double seconds) =>
        new(action, TimeSpan.FromSeconds(seconds), false, null);

    private sealed class NotedSwitch : IPowerSwitch
    {
        private readonly Channel<PowerGrant> _news = Channel.CreateUnbounded<PowerGrant>();

        public List<PowerGrant> Acted { get; } = [];

        public bool Refuses { get; set; }

        public void Require(PowerGrant grant)
        {
            if (Refuses)
            {
                throw new OperationException(ErrorCode.NotSupported, "no");
            }
        }

        public Task ActAsync(PowerGrant grant)
        {
            Acted.Add(grant);
            return _news.Writer.WriteAsync(grant).AsTask();
        }

        public Task<PowerGrant> NextAsync() => _news.Reader.ReadAsync().AsTask().InTime();
    }
}
