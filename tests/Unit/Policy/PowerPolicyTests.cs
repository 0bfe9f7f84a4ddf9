using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class PowerPolicyTests
{
    [Fact]
    public void Nobody_may_by_default()
    {
        PowerPolicy policy = Policy(false);
        Assert.Equal("policy.power", Refusal(() => policy.Authorise(PowerAction.PowerOff, 60, false, null)).Detail!.Rule);
        Assert.Equal("policy.power", Refusal(() => policy.AuthoriseCancel()).Detail!.Rule);
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(86400.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_delay_is_from_0_to_a_day(double seconds)
    {
        OperationException refusal = Refusal(() => Policy(true).Authorise(PowerAction.Reboot, seconds, false, null));
        Assert.Equal((ErrorCode.InvalidParameters, "timeout_seconds"), (refusal.Code, refusal.Detail!.Field));
    }

    [Fact]
    public void A_message_has_an_end()
    {
        OperationException refusal = Refusal(
            () => Policy(true).Authorise(PowerAction.Reboot, 0, false, new string('x', 1025)));
        Assert.Equal("message", refusal.Detail!.Field);
    }

    [Fact]
    public void The_audit_record_says_what_and_when_and_no_message()
    {
        Assert.Equal(
            "power_off in 0.5 s, forced", Policy(true).Authorise(PowerAction.PowerOff, 0.5, true, "secret").Subject);
    }

    private static PowerPolicy Policy(bool allows) =>
        new(new LiveSettings(new AgentSettings([], new PolicySettings(Power: allows))));

    private static OperationException Refusal(Action action) => Assert.Throws<OperationException>(action);
}
