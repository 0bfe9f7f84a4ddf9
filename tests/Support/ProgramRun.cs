using System.Diagnostics;

namespace GuestAgent.Tests.Support;

/// <summary>One run of a program that ends by itself.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <summary>Lines of standard error.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the agent with these arguments, and nothing on its standard input.</summary>
    public static Task<ProgramRun> AgentAsync(params string[] arguments) => StartAsync(AgentBinary.Path, arguments);

    /// <summary>Runs a program.</summary>
    public static async Task<ProgramRun> StartAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end");
        }

        return new ProgramRun(process.ExitCode, await output, await error);
    }
}
