using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

public sealed class VariableNameTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("_")]
    [InlineData("LC_ALL")]
    [InlineData("npm_config_save-exact")]
    [InlineData("spring.profiles.active")]
    [InlineData("a1")]
    public void Names_that_programs_use_are_names(string name) => Assert.True(VariableName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("1A")]
    [InlineData("-A")]
    [InlineData("A=B")]
    [InlineData("A B")]
    [InlineData("A\n")]
    [InlineData("A\nLD_PRELOAD")]
    [InlineData("A\0")]
    [InlineData("A\u001b")]
    [InlineData("LC_\u2028X")]
    [InlineData("LC_Ä")]
    [InlineData("BASH_FUNC_ls%%")]
    [InlineData("x()")]
    public void What_means_more_than_a_name_is_none(string name) => Assert.False(VariableName.IsValid(name));
}
