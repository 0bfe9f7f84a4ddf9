using GuestAgent.Contracts.Processes;
using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class SwitchPolicyTests
{
    private static readonly ProcessSignalRequest Signal = new(42, 9);

    [Fact]
    public void Each_switch_is_off_and_allows_nothing_but_its_own()
    {
        Assert.Equal(["list", "signal", "time"], Refused(new PolicySettings()));
        Assert.Equal(["signal", "time"], Refused(new PolicySettings(ListProcesses: true)));
        Assert.Equal(["list", "time"], Refused(new PolicySettings(SignalProcesses: true)));
        Assert.Equal(["list", "signal"], Refused(new PolicySettings(SetTime: true)));
    }

    [Fact]
    public void A_grant_names_the_process_and_the_signal() => Assert.Equal(
        "signal 9 to process 42", Policy(new PolicySettings(SignalProcesses: true)).AuthoriseSignal(Signal).Subject);

    [Fact]
    public void A_change_of_the_settings_counts_at_once()
    {
        var live = new LiveSettings(new AgentSettings([], new PolicySettings(SetTime: true)));
        var policy = new SwitchPolicy(live);
        Assert.NotNull(policy.AuthoriseClock());
        live.Replace(new AgentSettings([]));
        Assert.Equal("policy.set_time", Assert.Throws<OperationException>(policy.AuthoriseClock).Detail!.Rule);
    }

    private static SwitchPolicy Policy(PolicySettings settings) => new(new LiveSettings(new AgentSettings([], settings)));

    private static List<string> Refused(PolicySettings settings)
    {
        SwitchPolicy policy = Policy(settings);
        List<string> refused = [];
        foreach ((string name, Action ask) in ((string, Action)[])
        [
            ("list", () => policy.AuthoriseProcessList()),
            ("signal", () => policy.AuthoriseSignal(Signal)),
            ("time", () => policy.AuthoriseClock()),
        ])
        {
            try
            {
                ask();
            }
            catch (OperationException e) when (e.Code == ErrorCode.PermissionDenied)
            {
                refused.Add(name);
            }
        }

        return refused;
    }
}
