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
        byte[]? input = ExecParameters.Input(request);
        bool hasInput = input is not null || request.StdinOpen;
        RunningCommand running = commands.Enter(context, request.WindowBytes, hasInput);
        try
        {
            // A command that does not read all of its input has not failed for that.
            Task feeding = input is null
                ? Task.CompletedTask
                : running.Input.AddAsync(input, isLast: !request.StdinOpen, CancellationToken.None);
            IOutputSink stdout = Sink(request, grant, context, OutputChannel.Stdout, running);
            IOutputSink stderr = Sink(request, grant, context, OutputChannel.Stderr, running);
            var plan = new CommandPlan(
                grant,
                [grant.Name, .. request.Args ?? []],
                request.Env ?? new Dictionary<string, string>(),
                request.WorkingDirectory,
                request.CaptureOutput ? stdout : null,
                request.CaptureOutput ? stderr : null,
                hasInput);
            CommandOutcome outcome = await runner.RunAsync(plan, running, cancellationToken);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExecResults.Report(outcome, stdout, stderr, request.OutputEncoding, grant.TimeLimit);
        }
        finally
        {
            running.Input.Refuse();
            commands.Leave(context, running);
        }
    }

    private static IOutputSink Sink(
        ExecCommandRequest request, CommandGrant grant, CallContext context, OutputChannel channel, RunningCommand running) =>
        request.Stream
            ? new StreamedOutput(context, channel, running.Window)
            : new CapturedOutput(grant.MaxOutputBytes, context.Memory);
}
