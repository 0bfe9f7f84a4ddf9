using System.Diagnostics;
using System.Text;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Owns one scripts/run-vm: its standard input is the life line of the VM.</summary>
internal sealed class RunVmProcess : IAsyncDisposable
{
    // run-vm limits the boot itself; the first run of all also builds the guest image.
    private static readonly TimeSpan ImageBuildLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _messages = new();

    private RunVmProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static async Task<RunVmProcess> StartAsync(
        VirtualMachineOptions options, RunDirectory directory, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(SourceFile.Find("tests", "Vm", "scripts", "run-vm"), options.Arguments(directory.Path))
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("run-vm did not start");
        RunVmProcess run = new(process);
        try
        {
            bool ready = await Bounded.RunAsync(
                run.ReadUntilReadyAsync, options.BootLimit + ImageBuildLimit, "READY of run-vm", cancellationToken);
            if (ready)
            {
                return run;
            }

            await process.WaitForExitAsync(cancellationToken);
            throw new VirtualMachineStartException(process.ExitCode, run._messages.ToString());
        }
        catch
        {
            // During the boot run-vm does not look at its standard input.
            process.Kill();
            await run.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource limit = new(EndLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // QEMU dies with it (pdeathsig).
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<bool> ReadUntilReadyAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("READY ", StringComparison.Ordinal))
            {
                return true;
            }

            _messages.AppendLine(line);
        }

        return false;
    }
}
