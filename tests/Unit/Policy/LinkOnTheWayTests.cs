using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

/// <summary>
/// Links that root has made in a tree that a host may write, and over which the way to something leads that the policy names:
/// <c>/www</c> to <c>/srv/current</c>, and that to <c>rel/5</c>.
/// </summary>
public sealed class LinkOnTheWayTests : IDisposable
{
    private const uint Nobody = 65534;

    private readonly TemporaryDirectory _directory = new();

    public LinkOnTheWayTests()
    {
        Directory.CreateDirectory(At("srv/rel/5"));
        Directory.CreateDirectory(At("srv/box"));
        Directory.CreateDirectory(At("forbidden"));
        _directory.Write("srv/secret", "secret");
        File.CreateSymbolicLink(At("srv/current"), "rel/5");
        File.CreateSymbolicLink(At("srv/other"), At("forbidden"));
        File.CreateSymbolicLink(At("www"), At("srv/current"));
    }

    public static TheoryData<string> Named => [.. Policies.Keys];

    // What a policy names besides the tree that the host may write.
    private static Dictionary<string, Func<string, PolicySettings>> Policies => new()
    {
        ["read"] = path => new PolicySettings(ReadPaths: [path]),
        ["read below"] = path => new PolicySettings(ReadPaths: [path + "/below"]),
        ["write"] = path => new PolicySettings(WritePaths: [path]),
        ["start in"] = path => new PolicySettings(new CommandRules([new CommandRule("/bin/true", WorkingDirectories: [path])])),
        ["unpack in"] = path => Runtime(new RuntimeRule("/bin/true", "main", User: "nobody", Directory: path)),
        ["write as a program"] = path => Runtime(new RuntimeRule("/bin/true", "main", User: "nobody", WritePaths: [path])),
    };

    [Theory]
    [MemberData(nameof(Named))]
    public void Nothing_takes_its_place(string named)
    {
        foreach (string from in (string[])["srv/secret", "srv/other", "srv/box"])
        {
            Refused("to", () => Policy(named).Move(At(from), At("srv/current")));
        }
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void It_is_neither_removed_nor_moved_away(string named)
    {
        Refused("path", () => Policy(named).Remove(At("srv/current")));
        Refused("from", () => Policy(named).Move(At("srv/current"), At("srv/former")));
    }

    [Fact]
    public void Nor_is_a_directory_with_it()
    {
        Directory.CreateDirectory(At("srv/links"));
        File.CreateSymbolicLink(At("srv/links/current"), "../rel/5");
        File.Delete(At("www"));
        File.CreateSymbolicLink(At("www"), At("srv/links/current"));
        Refused("path", () => Policy("read").Remove(At("srv/links")));
        Refused("from", () => Policy("read").Move(At("srv/links"), At("srv/former")));
    }

    [Fact]
    public void Other_links_and_what_it_leads_to_are_removed_and_moved()
    {
        Policy("read").Remove(At("srv/other")).Dispose();
        Policy("read").Remove(At("srv/rel")).Dispose();
        Policy("read").Move(At("srv/other"), At("srv/another")).Dispose();
        Policy("read").Move(At("srv/rel/5"), At("srv/rel/4")).Dispose();
    }

    [Fact]
    public void One_that_the_policy_does_not_follow_is_removed()
    {
        Assert.Equal(0, LinkOwner.Set(At("srv/current"), Nobody));
        Policy("read").Remove(At("srv/current")).Dispose();
    }

    // A host has written or linked there what is no way on, and then moves something over it.
    [Theory]
    [InlineData("srv/current", false)]
    [InlineData("srv/current", true)]
    [InlineData("srv/current/deep", false)]
    [InlineData("srv/current/deep", true)]
    [InlineData("srv/current/../secret", false)]
    [InlineData("srv/current/../secret", true)]
    public void Where_the_way_ends_too_early_no_link_or_directory_leads_it_on(string target, bool isLink)
    {
        EndEarly(target, isLink);
        Refused("to", () => Policy("write").Move(At("srv/other"), At("srv/current")));
        Refused("to", () => Policy("write").Move(At("srv/box"), At("srv/current")));
    }

    [Fact]
    public void Nor_does_a_file_that_may_not_be_read_become_its_end()
    {
        EndEarly("srv/current", isLink: true);
        var refusal = Assert.Throws<OperationException>(() => Policy("read").Move(At("srv/secret"), At("srv/current")));
        Assert.Equal(("policy.read_paths", "from"), (refusal.Detail!.Rule, refusal.Detail.Field));
    }

    [Fact]
    public void Where_it_goes_up_again_behind_what_is_missing_no_directory_is_made()
    {
        File.Delete(At("www"));
        File.CreateSymbolicLink(At("www"), At("srv/new/deep/../../secret"));
        PathPolicy policy = Policy("read");
        Refused("path", () => policy.Write(At("srv/new"), isDirectory: true));
        Refused("path", () => policy.Write(At("srv/new/deep"), makesDirectories: true, isDirectory: true));
        Refused("path", () => policy.Write(At("srv/new/file"), makesDirectories: true));
        policy.Write(At("srv/new")).Dispose();
        policy.Write(At("srv/newer"), isDirectory: true).Dispose();
        policy.Write(At("srv/newer/deep"), makesDirectories: true, isDirectory: true).Dispose();
    }

    [Fact]
    public void A_directory_that_the_policy_names_is_made()
    {
        File.Delete(At("www"));
        File.CreateSymbolicLink(At("www"), At("srv/new/deep"));
        Policy("read").Write(At("srv/new"), isDirectory: true).Dispose();
        Policy("read").Write(At("srv/new/deep"), makesDirectories: true, isDirectory: true).Dispose();
    }

    public void Dispose() => _directory.Dispose();

    private static PolicySettings Runtime(RuntimeRule rule) =>
        new(Runtimes: new Dictionary<string, RuntimeRule> { ["sh"] = rule });

    private static void Refused(string field, Func<IDisposable> ask)
    {
        var refusal = Assert.Throws<OperationException>(ask);
        Assert.Equal(
            (ErrorCode.PermissionDenied, "policy", field), (refusal.Code, refusal.Detail!.Rule, refusal.Detail.Field));
    }

    private void EndEarly(string target, bool isLink)
    {
        File.Delete(At("www"));
        File.Delete(At("srv/current"));
        File.CreateSymbolicLink(At("www"), At(target));
        if (isLink)
        {
            File.CreateSymbolicLink(At("srv/current"), "rel/5");
            Assert.Equal(0, LinkOwner.Set(At("srv/current"), Nobody));
        }
        else
        {
            _directory.Write("srv/current", "");
        }
    }

    private PathPolicy Policy(string named)
    {
        PolicySettings policy = Policies[named](At("www"));
        return new PathPolicy(new LiveSettings(new AgentSettings([], policy with { WritePaths = [At("srv"), .. policy.WritePaths] })));
    }

    private string At(string name) => $"{_directory.Path}/{name}";
}
