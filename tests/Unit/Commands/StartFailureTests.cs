using GuestAgent.Commands;
using GuestAgent.Execution;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class StartFailureTests
{
    [Theory]
    [InlineData(SpawnStep.Groups, "app", null, "user")]
    [InlineData(SpawnStep.Groups, "app", "adm", "user")]
    [InlineData(SpawnStep.Groups, null, "adm", "group")]
    [InlineData(SpawnStep.Group, "app", "adm", "group")]
    [InlineData(SpawnStep.Group, "app", null, "user")]
    [InlineData(SpawnStep.User, "app", null, "user")]
    [InlineData(SpawnStep.Execute, "app", null, "command")]
    internal void The_parameter_that_asked_for_the_step_that_failed_is_named(
        SpawnStep step, string? user, string? group, string field)
    {
        var start = new ChildStart { FileName = "/bin/true", Arguments = ["true"], Environment = [] };
        var grant = new CommandGrant("/bin/true", null, null, user, group, TimeLimit.None, 1, null);
        Assert.Equal(field, StartFailure.From(SpawnException.Of(step, Errno.EPERM, start), grant).Detail?.Field);
    }
}
