using GuestAgent.Dialects.Workload;
using GuestAgent.Wire.Workload;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.Workload;

/// <summary>What the workload wire's time limit means for the operation.</summary>
public sealed class WorkloadTableTests
{
    [Theory]
    [InlineData(60, 60.0, true)]
    [InlineData(0, 30.0, true)]
    [InlineData(-1, 30.0, true)]
    [InlineData(60, 60.0, false, WorkloadWire.Details)]
    [InlineData(0, 30.0, true, WorkloadWire.Details)]
    [InlineData(60, 60.0, false, WorkloadWire.Details, WorkloadWire.Unlimited)]
    [InlineData(0, null, false, WorkloadWire.Details, WorkloadWire.Unlimited)]
    [InlineData(-1, 0.0, false, WorkloadWire.Details, WorkloadWire.Unlimited)]
    public void A_host_that_can_be_told_is_refused_and_any_other_gets_the_ceiling(
        double wire, double? seconds, bool shortens, params string[] features)
    {
        var request = new GuestRequest("sh", "x", TimeoutS: wire, Features: features);
        Assert.Equal(
            (seconds, shortens), (WorkloadTable.ToRequest(request).TimeoutSeconds, WorkloadTable.ShortensTimeLimit(request)));
    }
}
