using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

/// <summary>How long a request may run, and whose limit that is.</summary>
public sealed class TimeCeilingTests
{
    private const string Rule = "policy.commands[2]";
    private const string RuleTime = "policy.commands[2].timeout_seconds";
    private const string All = "limits.max_command_seconds";

    [Theory]
    [InlineData(null, 300.0, 300.0, All)]
    [InlineData(10.0, 300.0, 10.0, RuleTime)]
    [InlineData(300.0, 300.0, 300.0, RuleTime)]
    [InlineData(600.0, 300.0, 300.0, All)]
    [InlineData(600.0, 0.0, 600.0, RuleTime)]
    [InlineData(0.0, 300.0, null, RuleTime)]
    [InlineData(0.0, 0.0, null, RuleTime)]
    [InlineData(null, 0.0, null, All)]
    public void The_lower_one_holds_and_zero_is_no_limit(double? own, double all, double? seconds, string rule) =>
        Assert.Equal(new TimeCeiling(seconds, rule), Ceiling(own, all));

    [Theory]
    [InlineData(null, false, 30.0, "timeout_seconds", "the default of timeout_seconds")]
    [InlineData(null, true, 300.0, All, All)]
    [InlineData(5.0, true, 5.0, "timeout_seconds", "the request's timeout_seconds")]
    [InlineData(300.0, false, 300.0, "timeout_seconds", "the request's timeout_seconds")]
    public void A_request_gets_what_it_asks_for_or_the_default(
        double? asked, bool isStreamed, double seconds, string rule, string owner) =>
        Assert.Equal(new TimeLimit(TimeSpan.FromSeconds(seconds), rule, owner), Ceiling(null, 300).Grant(asked, isStreamed));

    [Fact]
    public void A_default_that_is_above_the_ceiling_is_the_ceiling()
    {
        TimeLimit limit = Ceiling(0.5, 300).Grant(null, isStreamed: false);
        Assert.Equal((TimeSpan.FromSeconds(0.5), RuleTime), (limit.Time, limit.Rule));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0.0, false)]
    public void Where_the_policy_has_no_limit_there_can_be_none(double? asked, bool isStreamed)
    {
        TimeLimit limit = Ceiling(0, 300).Grant(asked, isStreamed);
        Assert.True(limit.IsEndless);
        Assert.Equal(Timeout.InfiniteTimeSpan, limit.After(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void What_is_not_streamed_has_its_usual_limit_also_where_the_policy_has_none() =>
        Assert.Equal(30, Ceiling(0, 0).Grant(null, isStreamed: false).Time.TotalSeconds);

    [Theory]
    [InlineData(0.3, null)]
    [InlineData(7.9, 7L)]
    public void What_is_above_the_ceiling_is_told_with_it(double own, long? limit)
    {
        foreach (double asked in (double[])[0, own + 0.001, 2592000])
        {
            var e = Assert.Throws<OperationException>(() => Ceiling(own, 300).Grant(asked, isStreamed: true));
            Assert.Equal(
                (ErrorCode.InvalidParameters, RuleTime, "timeout_seconds", limit),
                (e.Code, e.Detail!.Rule, e.Detail.Field, e.Detail.Limit));
        }
    }

    [Theory]
    [InlineData(301.0)]
    [InlineData(0.0)]
    public void A_host_that_expects_it_has_it_shortened(double asked)
    {
        TimeLimit limit = Ceiling(null, 300).Grant(asked, isStreamed: true, isShortened: true);
        Assert.Equal((300, All), (limit.Time.TotalSeconds, limit.Rule));
    }

    [Fact]
    public void What_is_left_is_never_below_zero() =>
        Assert.Equal(TimeSpan.Zero, Ceiling(1, 300).Grant(1, false).After(TimeSpan.FromSeconds(2)));

    private static TimeCeiling Ceiling(double? own, double all) =>
        TimeCeiling.Of(own, Rule, new LimitSettings(MaxCommandSeconds: all));
}
