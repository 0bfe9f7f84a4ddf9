using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>The agent of arm64 in a guest of that architecture, whose first process it is, over a virtio-serial port.</summary>
public sealed class Arm64Tests
{
    private const string Path = $"{AgentInstallation.Tree}/file";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_commands_keeps_files_and_powers_the_guest_off()
    {
        using InjectDirectory inject = AgentInstallation.Bare(
            "exec /mnt/inject/guest-agent --config /mnt/inject/config.json",
            SourceFile.Find("artifacts", "linux-arm64", "bin", "guest-agent"));
        var options = new VirtualMachineOptions { Bare = true, Machine = "virt", InjectDirectory = inject.Path };
        await using VirtualMachine machine = await VirtualMachine.StartAsync(options, Token);
        await using GuestClient client = await GuestClient.ConnectAsync(
            $"unix://{machine.PortSocket(AgentInstallation.Port)}", cancellationToken: Token);

        // The kernel's word, asked by a program of the guest.
        Assert.Equal("aarch64\n", (await client.ExecuteAsync(new GuestCommand("/bin/busybox", "uname", "-m"), Token)).OutputText);

        byte[] content = Content.Random(3_000_000);
        await client.Files.CreateDirectoryAsync(AgentInstallation.Tree, DirectoryOptions.Default with { CreateParents = true }, Token);
        using MemoryStream source = new(content);
        await client.Files.UploadAsync(source, Path, cancellationToken: Token);
        CommandResult sum = await client.ExecuteAsync(new GuestCommand("/bin/busybox", "sha256sum", Path), Token);
        Assert.Equal($"{Content.Digest(content)}  {Path}\n", sum.OutputText);
        using MemoryStream back = new();
        await client.Files.DownloadAsync(Path, back, cancellationToken: Token);
        Assert.Equal(content, back.ToArray());

        int position = machine.Qmp.Events.Position;
        await client.Power.ShutdownAsync(PowerOptions.Now with { Force = true }, Token);
        await machine.Qmp.Events.WaitAsync(
            "SHUTDOWN", data => data.GetProperty("guest").GetBoolean(), position, RawHost.UsualLimit, Token);
    }
}
