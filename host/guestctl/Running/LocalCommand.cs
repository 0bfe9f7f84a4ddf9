using System.ComponentModel;
using System.Diagnostics;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Running;

/// <summary>A program of this host, run to its end with our standard streams.</summary>
internal static class LocalCommand
{
    private const int NoSuchFile = 2;

    /// <summary>Runs it. Our first signal goes on to it, a second one kills it.</summary>
    /// <param name="words">Its path, or a name that PATH finds, and its arguments.</param>
    /// <param name="interrupts">Our signals.</param>
    /// <returns>What to exit with: its own code, or as a shell has it.</returns>
    public static async Task<int> RunAsync(string[] words, Interrupts interrupts)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(Find(words[0]), words[1..]))!;
        }
        catch (Win32Exception e)
        {
            StandardStreams.WriteError($"guestctl: cannot run {words[0]} on this host\n");
            return e.NativeErrorCode == NoSuchFile ? ExitCodes.CommandNotFound : ExitCodes.CannotStart;
        }

        using (process)
        {
            await using CancellationTokenRegistration asking = interrupts.First.Register(() => Pass(process, interrupts));
            await using CancellationTokenRegistration insisting = interrupts.Second.Register(process.Kill);
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }

    // The framework would look beside this program and in the working directory before it looks there.
    private static string Find(string command) => command.Contains('/', StringComparison.Ordinal)
        ? command
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, command))
            .FirstOrDefault(File.Exists) ?? $"/nonexistent/{command}";

    private static void Pass(Process process, Interrupts interrupts)
    {
        if (!process.HasExited && interrupts.ExitCode is { } code)
        {
            _ = LibC.kill(process.Id, code - ExitCodes.SignalBase);
        }
    }
}
