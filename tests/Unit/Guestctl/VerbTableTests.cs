using System.CommandLine;
using GuestAgent.Cli.Running;
using GuestAgent.Cli.Verbs;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

/// <summary>A verb is made when it is named, so its name stands in the table as well.</summary>
public sealed class VerbTableTests
{
    [Fact]
    public void Each_verb_has_the_name_under_which_it_is_found()
    {
        Command root = VerbTable.CreateRoot();
        Assert.All(VerbTable.Names, name => Assert.Equal(name, VerbTable.Add(root, name)?.Name));
        Assert.Equal(VerbTable.Names, root.Subcommands.Select(verb => verb.Name));
        Assert.Null(VerbTable.Add(root, "pong"));
    }

    [Fact]
    public void A_run_has_its_own_verb_alone_and_help_has_all()
    {
        Assert.Equal(["exec"], Verbs("--json", "exec", "ping"));
        Assert.Equal(["cp"], Verbs("help", "cp"));
        Assert.Equal(VerbTable.Names, Verbs("help"));
        Assert.Equal(VerbTable.Names, Verbs("--help"));
        Assert.Equal(VerbTable.Names, Verbs());
    }

    private static IEnumerable<string> Verbs(params string[] words)
    {
        Command root = VerbTable.CreateRoot();
        new Words(root).Arrange(words);
        return root.Subcommands.Select(verb => verb.Name);
    }
}
