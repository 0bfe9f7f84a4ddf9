using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The .rpm and its scriptlets, by a real rpm under a real systemd.</summary>
[Collection(SharedPackageMachine.Name)]
public sealed class RpmPackageTests(PackageMachine guest)
{
    private const string State = "systemctl is-active guest-agent; systemctl is-enabled guest-agent || true";

    // The guest has no database of rpm packages in which /bin/sh would be found.
    private const string Install = PackageMachine.Rpm + " -U --nodeps " + PackageMachine.Place;

    [Fact]
    public async Task It_installs_verifies_serves_and_erases()
    {
        await guest.PurgeAsync();
        await guest.ShellAsync($"{Install}/newer.rpm");

        Assert.Equal("", await guest.ShellAsync($"{PackageMachine.Rpm} -V --nodeps guest-agent"));
        Assert.Equal("active\nenabled", await guest.ShellAsync(State));
        using (RawHost host = await guest.AttachAsync())
        {
            await host.CallAsync("ping");
        }

        await guest.ShellAsync($"{PackageMachine.Rpm} -e guest-agent");
        Assert.Equal("", await guest.ShellAsync("pgrep -x guest-agent || true"));
        Assert.Equal(
            "",
            await guest.ShellAsync(
                "find / -xdev \\( -path /mnt -o -path /var/lib/rpm-of-tests \\) -prune -o "
                + "-path '*guest-agent*' ! -path '*qemu-guest-agent*' -print"));
    }

    [Fact]
    public async Task An_upgrade_restarts_what_runs_and_keeps_configuration_and_enablement()
    {
        await guest.PurgeAsync();
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
        await guest.PurgeAsync();
        await guest.ShellAsync($"{Install}/older.rpm && systemctl disable --quiet --now guest-agent");

        await guest.ShellAsync($"{Install}/newer.rpm");

        Assert.Equal("inactive\ndisabled", await guest.ShellAsync(State));
    }
}
