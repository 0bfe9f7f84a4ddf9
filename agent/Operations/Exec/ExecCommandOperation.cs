using GuestAgent.Commands;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Exec;

/// <summary>Runs a program and reports how it ended; streams its output when asked to.</summary>
internal sealed class ExecCommandOperation(CommandRunner runner, RunningCommands commands)
    : IOperation<ExecCommandRequest, CommandGrant, ExecCommandResult>
{
    /// <inheritdoc/>
    public async ValueTask<ExecCommandResult> ExecuteAsync(
        ExecCommandRequest request, CommandGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        RunningCommand running = commands.Enter(context, request.WindowBytes);
        try
        {
            Task feeding = Feed(request, running, out bool hasInput);
            IOutputSink stdout = Sink(request, grant, context, OutputChannel.Stdout, running);
            IOutputSink stderr = Sink(request, grant, context, OutputChannel.Stderr, running);
            var plan = new CommandPlan(
                grant,
                [request.Command, .. request.Args ?? []],
                request.Env ?? new Dictionary<string, string>(),
                request.WorkingDirectory,
                request.CaptureOutput ? stdout : null,
                request.CaptureOutput ? stderr : null,
                hasInput);
            CommandOutcome outcome = await runner.RunAsync(plan, running, cancellationToken);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExecResults.Report(outcome, stdout, stderr, request.OutputEncoding);
        }
        finally
        {
            running.Input.Close();
            commands.Leave(context);
        }
    }

    private static Task Feed(ExecCommandRequest request, RunningCommand running, out bool hasInput)
    {
        byte[]? input = ExecParameters.Input(request);
        hasInput = input is not null || request.StdinOpen;
        if (input is not null)
        {
            // A command that does not read all of its input has not failed for that.
            return running.Input.AddAsync(input, isLast: !request.StdinOpen, CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    private static IOutputSink Sink(
        ExecCommandRequest request, CommandGrant grant, CallContext context, OutputChannel channel, RunningCommand running) =>
        request.Stream
            ? new StreamedOutput(context, channel, running.Window)
            : new CapturedOutput(grant.MaxOutputBytes);
}
