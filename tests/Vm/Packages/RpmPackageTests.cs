using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The .rpm and its scriptlets, by rpm and dnf under a real systemd.</summary>
[Collection(SharedPackageMachine.Name)]
public sealed class RpmPackageTests(PackageMachine guest)
{
    private const string Version = "rpm -q --queryformat '%{VERSION}' guest-agent";
    private const string State = "systemctl is-active guest-agent; systemctl is-enabled guest-agent || true";

    // The guest has no database of rpm packages in which /bin/sh would be found.
    private const string Install = "rpm -U --nodeps " + PackageMachine.Place;

    private const string Root = "/srv/root";

    // Only repositories on the injected disk; there is no network.
    private const string AnyDnf = "dnf -q -y --releasever=1 --repo=local --setopt=local.gpgcheck=0"
        + " --repofrompath=local,file://" + PackageMachine.Place + "/";

    private const string Dnf = AnyDnf + PackageMachine.Repository + " ";
    private const string RootDnf = AnyDnf + PackageMachine.RootRepository + " --installroot=" + Root + " ";

    [Fact]
    public async Task It_installs_verifies_serves_and_erases()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"{Install}/newer.rpm");

        Assert.Equal("", await guest.ShellAsync("rpm -V --nodeps guest-agent"));
        Assert.Equal("active\nenabled", await guest.ShellAsync(State));
        using (RawHost host = await guest.AttachAsync())
        {
            await host.CallAsync("ping");
        }

        await guest.ShellAsync("rpm -e guest-agent");
        Assert.Equal("", await guest.ShellAsync("pgrep -x guest-agent || true"));
        Assert.Equal(
            "",
            await guest.ShellAsync(
                "find / -xdev \\( -path /mnt -o -path /var/lib/rpm \\) -prune -o "
                + "-path '*guest-agent*' ! -path '*qemu-guest-agent*' -print"));
    }

    [Fact]
    public async Task Dnf_installs_it_from_a_repository_verifies_upgrades_and_erases_it()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"{Dnf} install guest-agent-{PackageBuild.OlderVersion}");
        Assert.Equal(PackageBuild.OlderVersion, await guest.ShellAsync(Version));
        Assert.Equal("", await guest.ShellAsync("rpm -V guest-agent"));
        Assert.Equal("active\nenabled", await guest.ShellAsync(State));
        await guest.AllowAnyCommandAsync();
        string configuration = await guest.ShellAsync("sha256sum /etc/guest-agent/config.json");
        int before = await guest.PidAsync();

        await guest.ShellAsync($"{Dnf} upgrade guest-agent");
        Assert.NotEqual(PackageBuild.OlderVersion, await guest.ShellAsync(Version));
        Assert.NotEqual(before, await guest.PidAsync());
        Assert.Equal("active\nenabled", await guest.ShellAsync(State));
        Assert.Equal(configuration, await guest.ShellAsync("sha256sum /etc/guest-agent/config.json"));
        // The administrator's file, and nothing else.
        Assert.Matches(@"^\S+ +c /etc/guest-agent/config\.json$", await guest.ShellAsync("rpm -V guest-agent || true"));
        using (RawHost host = await guest.AttachAsync())
        {
            await host.CallAsync("exec_command", RawHost.Command("true"));
        }

        await guest.ShellAsync($"{Dnf} remove guest-agent");
        Assert.Equal("", await guest.ShellAsync("pgrep -x guest-agent || true"));
        Assert.Equal("not-found", await guest.PropertyAsync("LoadState"));
        Assert.Equal(configuration.Replace(".json", ".json.rpmsave", StringComparison.Ordinal), await guest.ShellAsync("sha256sum /etc/guest-agent/*"));
        Assert.Equal("", await guest.ShellAsync("ls -d /etc/systemd/system/*.wants/guest-agent* 2> /dev/null || true"));
    }

    [Fact]
    public async Task In_a_root_that_dnf_makes_of_a_repository_it_installs_verifies_runs_upgrades_and_erases()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"{RootDnf} install guest-agent-{PackageBuild.OlderVersion}");
        await VerifyAsync();

        await guest.ShellAsync($"{RootDnf} upgrade guest-agent");
        Assert.NotEqual(
            PackageBuild.OlderVersion, await guest.ShellAsync($"rpm --root {Root} -q --queryformat '%{{VERSION}}' guest-agent"));
        await VerifyAsync();

        await guest.ShellAsync($"{RootDnf} remove guest-agent");
        Assert.Equal(
            "", await guest.ShellAsync($"find {Root} -path {Root}/var/lib/rpm -prune -o -path '{Root}/*guest-agent*' -print"));

        async Task VerifyAsync()
        {
            Assert.Equal("", await guest.ShellAsync($"rpm --root {Root} -V guest-agent"));
            // Its scripts are the shell's of that root, and so is all else: there is no C library.
            await guest.ShellAsync(
                $"mkdir -p {Root}/dev; test -e {Root}/dev/null || mknod -m 666 {Root}/dev/null c 1 3; "
                + $"chroot {Root} /usr/bin/guest-agent --check");
        }
    }

    [Fact]
    public async Task An_upgrade_restarts_what_runs_and_keeps_configuration_and_enablement()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"{Install}/older.rpm");
        await guest.AllowAnyCommandAsync();
        string configuration = await guest.ShellAsync("sha256sum /etc/guest-agent/config.json");
        int before = await guest.PidAsync();

        await guest.ShellAsync($"{Install}/newer.rpm");

        Assert.NotEqual(before, await guest.PidAsync());
        Assert.Equal("active\nenabled", await guest.ShellAsync(State));
        Assert.Equal(configuration, await guest.ShellAsync("sha256sum /etc/guest-agent/config.json"));
    }

    [Fact]
    public async Task An_upgrade_of_a_disabled_service_leaves_it_so()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"{Install}/older.rpm && systemctl disable --quiet --now guest-agent");

        await guest.ShellAsync($"{Install}/newer.rpm");

        Assert.Equal("inactive\ndisabled", await guest.ShellAsync(State));
    }
}
