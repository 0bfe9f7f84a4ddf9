using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>One command in the guest, tied to this process: its input, its outputs, its end, and our signals.</summary>
internal sealed class ExecRun(GuestClient guest, GuestCommand command, Stream? input, Interrupts interrupts)
{
    private const int InputBytes = 64 * 1024;

    /// <summary>Passes output on as it comes.</summary>
    /// <param name="isRaw">True passes on to a terminal what could command it.</param>
    /// <returns>What to exit with.</returns>
    public async Task<int> PassThroughAsync(bool isRaw)
    {
        using Stream output = Screen.Output(isRaw);
        using Stream error = Screen.Errors(isRaw);
        return ToExitCode(await RunAsync(
            chunk => (chunk.Stream == OutputChannel.Stdout ? output : error).Write(chunk.Data.Span)));
    }

    /// <summary>Collects the output and prints it with the result.</summary>
    /// <returns>What to exit with.</returns>
    public async Task<int> CollectAsync(Report report)
    {
        var output = new CollectedOutput();
        try
        {
            CommandExit exit = await RunAsync(output.Add);
            report.Json(output.ToResult(exit, timedOut: false), ExecCommandJson.Default.ExecCommandResult);
            return ToExitCode(exit);
        }
        catch (GuestCommandException e)
        {
            ExecCommandResult? partial = e.PartialResult is { } result
                ? output.ToResult(result.Exit, e.Code == ErrorCode.TimedOut)
                : null;
            return Interrupted(e) ?? report.Fail(e, partial);
        }
        catch (GuestConnectionException e) when (e.InnerException is GuestCommandException { PartialResult: { } result })
        {
            return report.Fail(e, output.ToResult(result.Exit, timedOut: false));
        }
    }

    private static int ToExitCode(CommandExit exit) =>
        exit.Signal is { } signal ? ExitCodes.SignalBase + signal : exit.ExitCode & 0xff;

    private int? Interrupted(GuestCommandException e) => e.Code == ErrorCode.Cancelled ? interrupts.ExitCode : null;

    private async Task<CommandExit> RunAsync(Action<OutputChunk> take)
    {
        await using GuestProcess process = await guest.StartAsync(command, interrupts.Second);
        await using CancellationTokenRegistration asking = interrupts.First.Register(() => _ = process.CancelAsync());
        Task forwarding = input is null ? Task.CompletedTask : ForwardAsync(process, input);
        try
        {
            await foreach (OutputChunk chunk in process.ReadOutputAsync())
            {
                take(chunk);
            }

            return await process.Completion;
        }
        catch (GuestCommandException e) when (Interrupted(e) is not null)
        {
            throw new OperationCanceledException(interrupts.First);
        }
        finally
        {
            // A fault of ours is why the command was cancelled, and tells more than that.
            if (forwarding.IsFaulted)
            {
                await forwarding;
            }
        }
    }

    private static async Task ForwardAsync(GuestProcess process, Stream input)
    {
        byte[] buffer = new byte[InputBytes];
        try
        {
            while (await input.ReadAsync(buffer) is > 0 and var count)
            {
                await process.WriteStandardInputAsync(buffer.AsMemory(0, count));
            }

            await process.CloseStandardInputAsync();
        }
        catch (GuestException)
        {
            // The command ended or closed its input, or the connection is gone: the output's end tells which.
            return;
        }
        catch (Exception e)
        {
            // Whatever it is, the command must not wait for the rest.
            await process.CancelAsync();
            throw e is NoInputException ? e : new NoInputException($"cannot read the input: {e.Message}", e);
        }
    }
}
