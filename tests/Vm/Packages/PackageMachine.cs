using System.Text;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>
/// Is one Debian VM with packages of two versions at hand, and a repository of theirs, none of them installed. Tests begin
/// with a snapshot of it, which takes less than a second where dpkg under emulation takes ten.
/// </summary>
public sealed class PackageMachine : AgentMachine
{
    /// <summary>Where packages are in the guest.</summary>
    public const string Place = "/mnt/inject";

    /// <summary>Name in <see cref="Place"/> of the repository for the guest itself, where the shell is there.</summary>
    public const string Repository = "repository";

    /// <summary>Name in <see cref="Place"/> of the repository from which a whole root can be made.</summary>
    public const string RootRepository = "root-repository";

    /// <summary>The version that is upgraded from.</summary>
    public const string Older = "older";

    /// <summary>The version of this build.</summary>
    public const string Newer = "newer";

    private const string Bare = "bare";

    private const string AnyCommand = """
        {"listeners": [{"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"}],
         "policy": {"commands": "any"}}
        """;

    private readonly HashSet<string> _saved = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await SaveAsync(Bare);
    }

    /// <summary>Goes back to a guest that has never seen the agent.</summary>
    public Task ClearAsync() => Machine.LoadAsync(Bare);

    /// <summary>
    /// Goes back to, or makes for the first time, a guest that has just got a version of the .deb: enabled, running, with its
    /// own configuration.
    /// </summary>
    public async Task HaveAsync(string version)
    {
        if (_saved.Contains(version))
        {
            await Machine.LoadAsync(version);
            return;
        }

        await ClearAsync();
        await InstallAsync(version);
        await SaveAsync(version);
    }

    /// <summary>Installs a version by dpkg, which takes a third of apt's time, and with nobody whom it could ask.</summary>
    public Task InstallAsync(string version) => ShellAsync($"dpkg -i {Place}/{version}.deb < /dev/null");

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
        string older = Path.Combine(inject.Path, Older);
        await PackageBuild.RunAsync(
            Path.GetDirectoryName(AgentBinary.Path)!,
            older,
            ("PACKAGE_VERSION", PackageBuild.OlderVersion),
            ("PACKAGE_SYMBOLS", "no"));
        foreach ((string directory, string version) in new[] { (older, Older), (PackageBuild.Current, Newer) })
        {
            inject.Add(PackageBuild.Find(directory, "guest-agent_", "deb"), version + ".deb");
            inject.Add(PackageBuild.Find(directory, "guest-agent-?.", "rpm"), version + ".rpm");
        }

        inject.Add(SourceFile.Find("packaging", "systemd", "locked-down.conf"), "locked-down.conf");
        inject.Add(SourceFile.Find("packaging", "config", "config.json"), "config.json");
        inject.Add(SourceFile.Find("packaging", "openrc", "guest-agent"), "openrc");
        foreach ((string repository, string shell) in new[] { (Repository, "installed"), (RootRepository, "busybox") })
        {
            await ProgramRun.OutputAsync(
                SourceFile.Find("tests", "Vm", "scripts", "build-repository"),
                Path.Combine(inject.Path, repository),
                shell,
                PackageBuild.Find(older, "guest-agent-?.", "rpm"),
                PackageBuild.Find(PackageBuild.Current, "guest-agent-?.", "rpm"));
        }

        Directory.Delete(older, recursive: true);
        return inject;
    }

    private async Task SaveAsync(string name)
    {
        await Machine.SaveAsync(name);
        _saved.Add(name);
    }
}
