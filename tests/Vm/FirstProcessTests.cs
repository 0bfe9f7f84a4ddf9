using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>
/// A guest of which nothing is there but the kernel's modules, busybox and the agent: no udev, no /etc, no libc.
/// </summary>
public sealed class FirstProcessTests
{
    private const string Busybox = "/bin/busybox";
    private const string AsFirstProcess = "exec /mnt/inject/guest-agent --config /mnt/inject/config.json";
    private const string UnderBusyboxInit = """
        busybox mkdir -p /etc/guest-agent /usr/bin
        busybox cp /mnt/inject/inittab /etc/inittab
        busybox cp /mnt/inject/config.json /etc/guest-agent
        busybox ln -s /mnt/inject/guest-agent /usr/bin/guest-agent
        exec busybox init
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AsFirstProcess)]
    [InlineData("mount -o remount,ro rootfs /; " + AsFirstProcess)]
    [InlineData(UnderBusyboxInit)]
    public async Task The_agent_serves_runs_commands_and_comes_back_when_killed(string script)
    {
        await using VirtualMachine machine = await StartAsync(script);
        using RawHost host = await RawHost.AttachAsync(machine.PortSocket(AgentInstallation.Port), "s", Token);
        string before = Message.Instance(await host.ReceiveReadyAsync());
        await host.CallAsync("ping");
        Assert.Equal("Linux\n", await OutputAsync(host, "uname"));

        // Its parent is the agent.
        await host.PostAsync("exec_command", RawHost.Command(Busybox, "sh", "-c", "busybox kill -9 $PPID"));
        string after = Message.Instance(await host.ReceiveReadyAsync());

        Assert.NotEqual(before, after);
        await host.CallAsync("ping");
    }

    [Fact]
    public async Task Programs_of_a_userland_whose_only_libc_is_musl_run_as_any_user()
    {
        const string Loader = "ld-musl-x86_64.so.1";
        const string Userland = $"""
            busybox mkdir -p /lib /etc
            busybox cp /mnt/inject/{Loader} /lib
            busybox cp /mnt/inject/program /bin
            echo 'app:x:1000:1001::/:/bin/sh' > /etc/passwd
            echo 'app:x:1001:' > /etc/group
            """;
        using InjectDirectory inject = AgentInstallation.Bare(Userland + "\n" + AsFirstProcess);
        inject.Add("/lib/" + Loader, Loader);
        await MuslProgram.BuildAsync(Path.Combine(inject.Path, "program"));
        await using VirtualMachine machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { Bare = true, InjectDirectory = inject.Path }, Token);
        using RawHost host = await RawHost.AttachAsync(machine.PortSocket(AgentInstallation.Port), "s", Token);
        await host.ReceiveReadyAsync();
        JsonObject command = RawHost.Command("/bin/program", "two", "three");
        command["user"] = "app";

        JsonElement result = (await host.CallAsync("exec_command", command)).GetProperty("result");

        Assert.Equal(3, result.GetProperty("exit_code").GetInt32());
        Assert.Equal("1000 1001 app\n", result.GetProperty("stderr").GetString());
        string[] files = [.. result.GetProperty("stdout").GetString()!.Split('\n').Select(map => map.Split(' ')[^1]).Where(IsFile).Distinct()];
        Assert.Equal(["/bin/program", "/lib/" + Loader], files);

        static bool IsFile(string name) => name.StartsWith('/');
    }

    [Fact]
    public async Task Orphans_are_reaped_and_commands_keep_their_exit_codes()
    {
        await using VirtualMachine machine = await StartAsync(AsFirstProcess);
        using RawHost host = await RawHost.AttachAsync(machine.PortSocket(AgentInstallation.Port), "s", Token);
        await host.ReceiveReadyAsync();
        for (int i = 0; i < 20; i++)
        {
            JsonElement reply = await host.CallAsync(
                "exec_command", RawHost.Command(Busybox, "sh", "-c", $"(busybox sleep 0.01 &); exit {i}"));
            Assert.Equal(i, reply.GetProperty("result").GetProperty("exit_code").GetInt32());
        }

        // Whatever is left of them: none that runs, none that waits for a parent to take note.
        const string Count = "while busybox grep -l '(busybox) [SRDZ] 1 ' /proc/*/stat 2> /dev/null; do busybox sleep 0.05; done";
        await OutputAsync(host, "sh", "-c", Count);
    }

    private static async Task<VirtualMachine> StartAsync(string script)
    {
        using InjectDirectory inject = AgentInstallation.Bare(script);
        return await VirtualMachine.StartAsync(
            new VirtualMachineOptions { Bare = true, InjectDirectory = inject.Path }, Token);
    }

    private static async Task<string> OutputAsync(RawHost host, params string[] command)
    {
        JsonElement reply = await host.CallAsync("exec_command", RawHost.Command([Busybox, .. command]));
        JsonElement result = reply.GetProperty("result");
        Assert.Equal(0, result.GetProperty("exit_code").GetInt32());
        return result.GetProperty("stdout").GetString()!;
    }
}
