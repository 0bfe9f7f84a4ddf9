using System.Diagnostics;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>Runs programs of this machine that make what guests get.</summary>
internal static class BuildProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs one to its end, which must be a success, and gives what it printed.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await Bounded.RunAsync(
                async token =>
                {
                    await process.WaitForExitAsync(token);
                    return true;
                },
                Limit,
                $"end of {start.FileName}",
                TestContext.Current.CancellationToken);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new IOException($"{start.FileName}: exit {process.ExitCode}: {await error}");
    }
}
