using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Shows that the lab tells the truth, in micro VMs; what Debian adds is used by all other tests.</summary>
public sealed class LabTests(LabMachine shared) : IClassFixture<LabMachine>
{
    private const string AgentPort = "org.guestagent.0";
    private const string AgentPortDevice = "port2";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly VirtualMachineOptions MicroOptions = new() { Micro = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_reports_exit_code_and_both_outputs()
    {
        VirtualMachine machine = shared.Machine;

        Assert.Equal(
            new GuestCommandResult(3, "out\n", "err\n"),
            await machine.ExecAsync("sh", "-c", "echo out; echo err >&2; exit 3"));
        Assert.Equal(128 + 9, (await machine.ExecAsync("sh", "-c", "kill -9 $$")).ExitCode);
        await Assert.ThrowsAsync<QemuCommandException>(() => machine.ExecAsync("/no/such/program"));
    }

    [Fact]
    public async Task Ports_are_in_the_guest_under_their_names()
    {
        GuestCommandResult result = await shared.Machine.ExecAsync("ls", "/dev/virtio-ports");

        Assert.Equal("org.guestagent.0\norg.qemu.guest_agent.0\norg.vmlab.ctl\n", result.StandardOutput);
    }

    [Fact]
    public async Task A_port_carries_bytes_both_ways_and_QEMU_reports_its_opening()
    {
        VirtualMachine machine = shared.Machine;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(machine.PortSocket(AgentPort)), Token);
        int position = machine.Qmp.Events.Position;

        Task<GuestCommandResult> guest = machine.ExecAsync(
            "sh", "-c", $"exec 3<>/dev/virtio-ports/{AgentPort}; echo ping >&3; read -r line <&3; echo \"$line\"");
        await machine.Qmp.Events.WaitAsync("VSERPORT_CHANGE", IsOpening, position, Limit, Token);
        using StreamReader reader = new(new NetworkStream(socket), Encoding.ASCII);
        Assert.Equal("ping", await reader.ReadLineAsync(Token).AsTask().WaitAsync(Limit, Token));
        await socket.SendAsync("pong\n"u8.ToArray(), Token);
        Assert.Equal("pong\n", (await guest).StandardOutput);

        static bool IsOpening(JsonElement data)
            => data.GetProperty("id").GetString() == AgentPortDevice && data.GetProperty("open").GetBoolean();
    }

    [Fact]
    public async Task Files_keep_their_content_and_mode()
    {
        VirtualMachine machine = shared.Machine;
        byte[] content = new byte[(2 << 20) + 17];
        new Random(1).NextBytes(content);

        await machine.PushAsync(content, "/tmp/file", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal("500\n", (await machine.ExecAsync("stat", "-c", "%a", "/tmp/file")).StandardOutput);
        Assert.Equal(content, await machine.PullAsync("/tmp/file"));
    }

    [Fact]
    public async Task A_stopped_guest_answers_only_after_cont()
    {
        VirtualMachine machine = shared.Machine;

        await machine.StopAsync();
        Task<GuestCommandResult> answer = machine.ExecAsync("echo", "here");
        JsonElement status = await machine.Qmp.ExecuteAsync("query-status", null, Token);
        Assert.Equal("paused", status.GetProperty("status").GetString());
        Assert.False(answer.IsCompleted);
        await machine.ContAsync();

        Assert.Equal("here\n", (await answer).StandardOutput);
    }

    [Fact]
    public async Task A_reset_starts_another_boot()
    {
        VirtualMachine machine = shared.Machine;
        string before = await ReadAsync(machine, "/proc/sys/kernel/random/boot_id");

        await machine.ResetAsync();

        Assert.NotEqual(before, await ReadAsync(machine, "/proc/sys/kernel/random/boot_id"));
    }

    [Fact]
    public async Task A_loaded_snapshot_brings_the_old_state_back()
    {
        VirtualMachine machine = shared.Machine;
        await machine.ExecAsync("sh", "-c", "echo old > /run/state");
        await machine.SaveAsync("here");
        await machine.ExecAsync("sh", "-c", "echo new > /run/state");

        await machine.LoadAsync("here");

        Assert.Equal("old\n", await ReadAsync(machine, "/run/state"));
    }

    [Fact]
    public async Task A_missing_snapshot_is_reported_and_leaves_the_guest_running()
    {
        VirtualMachine machine = shared.Machine;

        await Assert.ThrowsAsync<QemuCommandException>(() => machine.LoadAsync("elsewhere"));

        Assert.Equal("here\n", (await machine.ExecAsync("echo", "here")).StandardOutput);
    }

    [Fact]
    public async Task Injected_files_are_there_and_the_end_of_the_VM_leaves_nothing()
    {
        using InjectDirectory inject = new("echo done > /run/injected");
        string directory;
        await using (VirtualMachine machine = await VirtualMachine.StartAsync(
            MicroOptions with { InjectDirectory = inject.Path, Machine = "microvm" }, Token))
        {
            directory = machine.RunDirectoryPath;
            Assert.Equal("done\n", await ReadAsync(machine, "/run/injected"));
            Assert.Equal("echo done > /run/injected\n", await ReadAsync(machine, "/mnt/inject/run.sh"));
            Assert.NotEmpty(ProcessTable.FindByArgument(directory));
        }

        Assert.Empty(ProcessTable.FindByArgument(directory));
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task A_failing_run_script_is_reported()
    {
        using InjectDirectory inject = new("echo went wrong; exit 7");

        VirtualMachineStartException e = await Assert.ThrowsAsync<VirtualMachineStartException>(
            () => VirtualMachine.StartAsync(MicroOptions with { InjectDirectory = inject.Path }, Token));

        Assert.Equal(91, e.ExitCode);
        Assert.Contains("status 7", e.Message, StringComparison.Ordinal);
        Assert.Contains("went wrong", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_QEMU_that_cannot_start_is_reported()
    {
        VirtualMachineStartException e = await Assert.ThrowsAsync<VirtualMachineStartException>(
            () => VirtualMachine.StartAsync(MicroOptions with { Cpu = "no-such-cpu" }, Token));

        Assert.Equal(92, e.ExitCode);
        Assert.Contains("no-such-cpu", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_launcher_takes_the_VM_along()
    {
        await using VirtualMachine machine = await VirtualMachine.StartAsync(MicroOptions, Token);
        using Process launcher = Process.GetProcessById(machine.LauncherProcessId);

        launcher.Kill();

        string directory = machine.RunDirectoryPath;
        await Bounded.UntilAsync(
            () => ProcessTable.FindByArgument(directory).Count == 0, Limit, "end of all processes", Token);
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing()
    {
        // Only QEMU has this in its command line.
        string port = $"cancelled.{Environment.ProcessId}";
        string mark = $"name={port}";
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task cancelled = Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => VirtualMachine.StartAsync(MicroOptions with { Ports = [port] }, source.Token));
        await Bounded.UntilAsync(
            () => ProcessTable.FindByArgument(mark).Count > 0, Limit, "start of QEMU", Token);

        await source.CancelAsync();

        await cancelled;
        await Bounded.UntilAsync(() => ProcessTable.FindByArgument(mark).Count == 0, Limit, "end of QEMU", Token);
    }

    private static async Task<string> ReadAsync(VirtualMachine machine, string guestPath)
        => (await machine.ExecAsync("cat", guestPath)).StandardOutput;
}
