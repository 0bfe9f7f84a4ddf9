using System.Diagnostics;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>
/// Is a Debian VM under SELinux with Debian's own policy and our module linked into it, and all files labelled. The first
/// boot does that; only the second has everything in its domain.
/// </summary>
public sealed class SelinuxMachine : AgentMachine
{
    private const string Label = """
        set -e
        [ ! -e /etc/selinux/config ] || exit 0
        install setfiles load_policy /usr/sbin
        ln -s setfiles /usr/sbin/restorecon
        cp -r policy/. /etc/selinux
        printf 'SELINUX=permissive\nSELINUXTYPE=default\n' > /etc/selinux/config
        load_policy -i
        setfiles -F -e /proc -e /sys -e /dev -e /run -e /mnt/inject /etc/selinux/default/contexts/files/file_contexts /
        sync
        """;

    protected override VirtualMachineOptions Options
        => new() { KernelParameters = "security=selinux selinux=1 enforcing=0 audit=1" };

    protected override async Task<InjectDirectory> InjectAsync()
    {
        InjectDirectory inject = new(Label);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("selinux-policy-");
        try
        {
            await LinkAsync(scratch.FullName, Path.Combine(inject.Path, "policy"));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        inject.Add("/usr/sbin/setfiles", "setfiles");
        inject.Add("/usr/sbin/load_policy", "load_policy");
        inject.Add(PackageBuild.Find(PackageBuild.Current, "guest-agent_", "deb"), "guest-agent.deb");
        return inject;
    }

    // In a copy of this machine's policy store, and as the module's README.md says.
    private static async Task LinkAsync(string scratch, string result)
    {
        string sources = SourceTree.Find("packaging", "selinux");
        foreach (string line in new[]
            {
                $"cp '{sources}'/guest_agent.* . && make -f /usr/share/selinux/devel/Makefile guest_agent.pp",
                "mkdir -p var/lib/selinux etc/selinux && cp -a /var/lib/selinux/default var/lib/selinux",
                "cp -a /etc/selinux/default etc/selinux && semodule -p . -s default -n -i guest_agent.pp",
                $"cp -r etc/selinux '{result}'",
            })
        {
            await BuildProgram.RunAsync(new ProcessStartInfo("sh", ["-c", line]) { WorkingDirectory = scratch });
        }
    }
}
