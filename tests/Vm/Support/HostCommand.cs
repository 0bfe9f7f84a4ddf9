using System.Diagnostics;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Is what a run of <c>guestctl</c> on this machine came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Time">How long it took.</param>
internal sealed record HostCommand(int ExitCode, string Output, string Error, TimeSpan Time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs it to its end.</summary>
    /// <param name="socket">QEMU's socket of the guest's port.</param>
    /// <param name="arguments">Verb and arguments.</param>
    public static async Task<HostCommand> RunAsync(string socket, params string[] arguments)
    {
        ProcessStartInfo start = new(AgentBinary.Guestctl, ["-g", "unix://" + socket, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            return await Bounded.RunAsync(
                async token =>
                {
                    await process.WaitForExitAsync(token);
                    TimeSpan time = Stopwatch.GetElapsedTime(begin);
                    return new HostCommand(process.ExitCode, await output, await error, time);
                },
                Limit,
                "end of guestctl",
                TestContext.Current.CancellationToken);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }
}
