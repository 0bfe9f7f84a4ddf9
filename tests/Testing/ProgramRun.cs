using CliWrap;
using CliWrap.Buffered;

namespace GuestAgent.Tests.Testing;

/// <summary>One run of a program that ends by itself, within a time.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <summary>Lines of standard error.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How long it took.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Runs the agent with these arguments, and nothing on its standard input.</summary>
    public static Task<ProgramRun> AgentAsync(params string[] arguments) => StartAsync(AgentBinary.Path, arguments);

    /// <summary>Runs a program, with nothing on its standard input.</summary>
    public static Task<ProgramRun> StartAsync(string program, params string[] arguments) =>
        RunAsync(Cli.Wrap(program).WithArguments(arguments), TestTimeouts.Answer);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>Its standard output.</returns>
    public static Task<string> OutputAsync(string program, params string[] arguments) =>
        OutputAsync(Cli.Wrap(program).WithArguments(arguments));

    /// <summary>Runs a program that takes its time, as those that build something, and must succeed.</summary>
    /// <returns>Its standard output.</returns>
    public static async Task<string> OutputAsync(Command command)
    {
        ProgramRun run = await RunAsync(command, TestTimeouts.Build);
        return run.ExitCode == 0
            ? run.Output
            : throw new IOException($"{command}: exit {run.ExitCode}: {run.Error}{run.Output}");
    }

    /// <summary>Runs a program.</summary>
    /// <param name="command">What, and how.</param>
    /// <param name="limit">When it is ended. What it has started and not waited for is left, as its own business.</param>
    public static async Task<ProgramRun> RunAsync(Command command, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(command);
        using var end = new CancellationTokenSource(limit);
        try
        {
            // Its token ends a program, and does not keep it from being started.
            BufferedCommandResult result =
                await command.WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(end.Token);
            return new ProgramRun(result.ExitCode, result.StandardOutput, result.StandardError) { Time = result.RunTime };
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{command} does not end", e);
        }
    }
}
