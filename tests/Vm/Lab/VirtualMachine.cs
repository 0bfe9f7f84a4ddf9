namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Is one throw-away VM, from its boot to its end.</summary>
/// <remarks>
/// The token given to StartAsync cancels everything that is done with the VM later on; every operation
/// has the limit of <see cref="VirtualMachineOptions.CommandLimit"/> besides.
/// </remarks>
public sealed class VirtualMachine : IAsyncDisposable
{
    private readonly VirtualMachineOptions _options;
    private readonly RunDirectory _directory;
    private readonly RunVmProcess _process;
    private readonly QgaChannel _channel;
    private readonly ControlAgent _agent;
    private readonly GuestConsole _console;
    private readonly CancellationToken _cancellation;

    private VirtualMachine(
        VirtualMachineOptions options,
        RunDirectory directory,
        RunVmProcess process,
        QmpClient qmp,
        CancellationToken cancellation)
    {
        _options = options;
        _directory = directory;
        _process = process;
        _cancellation = cancellation;
        _channel = new QgaChannel(directory.PortSocket(RunDirectory.ControlPort));
        _agent = new ControlAgent(_channel, options.CommandLimit);
        _console = new GuestConsole(directory.ConsoleLog);
        Qmp = qmp;
    }

    public QmpClient Qmp { get; }

    /// <summary>Gets the directory of the sockets and logs; every process of this VM has it in its arguments.</summary>
    public string RunDirectoryPath => _directory.Path;

    /// <summary>Gets the process whose end, however it comes, ends the VM.</summary>
    public int LauncherProcessId => _process.Id;

    public string ConsoleTail => _console.Tail;

    public static async Task<VirtualMachine> StartAsync(
        VirtualMachineOptions options, CancellationToken cancellationToken)
    {
        RunDirectory directory = new();
        try
        {
            return await StartAsync(options, directory, cancellationToken);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Qmp.DisposeAsync();
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Gets the Unix socket that leads to the guest's vsock ports, spoken to as with Firecracker.</summary>
    public string VsockSocket => _directory.VsockSocket;

    /// <summary>Gets the process behind that socket; SIGUSR1 makes it reset every connection, as a snapshot does.</summary>
    public int VsockProcessId
        => int.Parse(File.ReadAllText(_directory.VsockProcessFile), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Names the host's socket of a virtio-serial port; it takes one client at a time.</summary>
    public string PortSocket(string name)
        => _options.Ports.Contains(name)
            ? _directory.PortSocket(name)
            : throw new ArgumentException($"the VM has no port {name}", nameof(name));

    /// <summary>Runs a program in the guest through the lab's own agent, independent of the agent under test.</summary>
    public Task<GuestCommandResult> ExecAsync(params string[] command) => _agent.ExecAsync(command, _cancellation);

    public Task PushAsync(ReadOnlyMemory<byte> content, string guestPath, UnixFileMode mode)
        => _agent.PushAsync(content, guestPath, mode, _cancellation);

    /// <summary>Copies a file of the host with its mode.</summary>
    public async Task PushFileAsync(string hostPath, string guestPath)
        => await PushAsync(
            await File.ReadAllBytesAsync(hostPath, _cancellation), guestPath, File.GetUnixFileMode(hostPath));

    public Task<byte[]> PullAsync(string guestPath) => _agent.PullAsync(guestPath, _cancellation);

    /// <summary>Halts the virtual CPUs.</summary>
    public Task StopAsync() => Qmp.ExecuteAsync("stop", null, _cancellation);

    public Task ContAsync() => Qmp.ExecuteAsync("cont", null, _cancellation);

    /// <summary>Presses the reset button and waits until the guest is ready again.</summary>
    public async Task ResetAsync()
    {
        int before = _console.ReadyMarks;
        await Qmp.ExecuteAsync("system_reset", null, _cancellation);
        await Bounded.UntilAsync(
            () => _console.ReadyMarks > before, _options.BootLimit, "ready mark after a reset", _cancellation);
    }

    /// <summary>Takes a snapshot of the running VM, its memory included.</summary>
    public Task SaveAsync(string name) => Qmp.MonitorAsync($"savevm {name}", _cancellation);

    /// <summary>Goes back to a snapshot; the host's sockets stay connected and are not told.</summary>
    public async Task LoadAsync(string name)
    {
        try
        {
            await Qmp.MonitorAsync($"loadvm {name}", _cancellation);
        }
        catch (QemuCommandException)
        {
            // QEMU has stopped the VM before it looked for the snapshot, and leaves it so.
            await ContAsync();
            throw;
        }
    }

    private static async Task<VirtualMachine> StartAsync(
        VirtualMachineOptions options, RunDirectory directory, CancellationToken cancellationToken)
    {
        RunVmProcess process = await RunVmProcess.StartAsync(options, directory, cancellationToken);
        try
        {
            QmpClient qmp = await QmpClient.ConnectAsync(
                directory.QmpSocket, options.CommandLimit, cancellationToken);
            return new VirtualMachine(options, directory, process, qmp, cancellationToken);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
