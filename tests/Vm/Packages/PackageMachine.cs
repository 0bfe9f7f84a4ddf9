using System.Diagnostics;
using System.Text;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>Is one Debian VM with packages of two versions at hand, and a repository of theirs, none of them installed.</summary>
public sealed class PackageMachine : AgentMachine
{
    /// <summary>Where packages are in the guest.</summary>
    public const string Place = "/mnt/inject";

    /// <summary>Name in <see cref="Place"/> of the repository for the guest itself, where the shell is there.</summary>
    public const string Repository = "repository";

    /// <summary>Name in <see cref="Place"/> of the repository from which a whole root can be made.</summary>
    public const string RootRepository = "root-repository";

    private const string AnyCommand = """
        {"listeners": [{"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"}],
         "policy": {"commands": "any"}}
        """;

    /// <summary>Removes the agent with all that it has, whatever a test before has left.</summary>
    public Task PurgeAsync()
        => ShellAsync(
            $"rpm -e --nodeps guest-agent 2> /dev/null; dpkg --purge guest-agent && "
            + "rm -rf /etc/guest-agent /var/lib/guest-agent && systemctl daemon-reload");

    /// <summary>Has the newer .deb installed as it comes: enabled, running, with its own configuration and no drop-in.</summary>
    public async Task HaveAsync()
    {
        string state = await ShellAsync("dpkg-query -W -f '${Status} ${Version}' guest-agent 2> /dev/null || true");
        if (!state.StartsWith("install ok installed", StringComparison.Ordinal)
            || state.Contains(PackageBuild.OlderVersion, StringComparison.Ordinal))
        {
            await PurgeAsync();
            await InstallAsync("newer");
            return;
        }

        await ShellAsync(
            $"rm -rf /etc/systemd/system/guest-agent.service.d && install -m 640 {Place}/config.json /etc/guest-agent && "
            + "systemctl daemon-reload && systemctl enable --quiet guest-agent && systemctl restart guest-agent");
    }

    /// <summary>Installs a version by dpkg, which takes a third of apt's time.</summary>
    public Task InstallAsync(string version) => ShellAsync($"dpkg -i --force-confold {Place}/{version}.deb");

    /// <summary>Lets the agent run any command, as an administrator would who edits the file.</summary>
    public async Task AllowAnyCommandAsync()
    {
        await Machine.PushAsync(
            Encoding.UTF8.GetBytes(AnyCommand),
            "/etc/guest-agent/config.json",
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await ShellAsync("systemctl restart guest-agent");
    }

    protected override async Task<InjectDirectory> InjectAsync()
    {
        // The guest has dnf, and with it all that rpm is linked with.
        InjectDirectory inject = new("install rpm /usr/bin");
        inject.Add("/usr/bin/rpm", "rpm");
        string older = Path.Combine(inject.Path, "older");
        await PackageBuild.RunAsync(
            Path.GetDirectoryName(AgentBinary.Path)!,
            older,
            ("PACKAGE_VERSION", PackageBuild.OlderVersion),
            ("PACKAGE_SYMBOLS", "no"));
        foreach ((string directory, string version) in new[] { (older, "older"), (PackageBuild.Current, "newer") })
        {
            inject.Add(PackageBuild.Find(directory, "guest-agent_", "deb"), version + ".deb");
            inject.Add(PackageBuild.Find(directory, "guest-agent-?.", "rpm"), version + ".rpm");
        }

        inject.Add(SourceTree.Find("packaging", "systemd", "locked-down.conf"), "locked-down.conf");
        inject.Add(SourceTree.Find("packaging", "config", "config.json"), "config.json");
        inject.Add(SourceTree.Find("packaging", "openrc", "guest-agent"), "openrc");
        foreach ((string repository, string shell) in new[] { (Repository, "installed"), (RootRepository, "busybox") })
        {
            await BuildProgram.RunAsync(new ProcessStartInfo(
                SourceTree.Find("tests", "Vm", "scripts", "build-repository"),
                [
                    Path.Combine(inject.Path, repository),
                    shell,
                    PackageBuild.Find(older, "guest-agent-?.", "rpm"),
                    PackageBuild.Find(PackageBuild.Current, "guest-agent-?.", "rpm"),
                ]));
        }

        Directory.Delete(older, recursive: true);
        return inject;
    }
}
