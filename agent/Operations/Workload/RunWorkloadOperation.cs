using System.Text.Json;
using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Operations.Exec;
using GuestAgent.Policy;
using GuestAgent.Processes;
using GuestAgent.Workloads;

namespace GuestAgent.Operations.Workload;

/// <summary>Runs a program that the host has brought along, in a directory of its own, and ends all that it started.</summary>
internal sealed class RunWorkloadOperation(CommandRunner runner, RunningCommands commands, AccountDatabase accounts)
    : IOperation<RunWorkloadRequest, WorkloadGrant, RunWorkloadResult>
{
    /// <inheritdoc/>
    public async ValueTask<RunWorkloadResult> ExecuteAsync(
        RunWorkloadRequest request, WorkloadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        RunningCommand running = commands.Enter(context, null, hasInput: request.Input is not null);
        try
        {
            Account? owner = await FindOwnerAsync(grant, cancellationToken);
            using WorkloadDirectory directory =
                await Task.Run(() => Prepare(request, grant, owner, cancellationToken), cancellationToken);
            return await RunAsync(request, grant, directory, running, context, cancellationToken);
        }
        finally
        {
            running.Input.Refuse();
            commands.Leave(context, running);
        }
    }

    private static WorkloadDirectory Prepare(
        RunWorkloadRequest request, WorkloadGrant grant, Account? owner, CancellationToken cancellationToken)
    {
        var directory = WorkloadDirectory.Create(grant.Directory, owner);
        try
        {
            directory.Fill(WorkloadCode.Of(request.Code, request.CodeArchive), grant, cancellationToken);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private async ValueTask<Account?> FindOwnerAsync(WorkloadGrant grant, CancellationToken cancellationToken)
    {
        try
        {
            return grant.Command.User is { } user ? await accounts.FindAsync(user, null, cancellationToken) : null;
        }
        catch (AccountException e)
        {
            throw StartFailure.From(e);
        }
    }

    private async ValueTask<RunWorkloadResult> RunAsync(
        RunWorkloadRequest request,
        WorkloadGrant grant,
        WorkloadDirectory directory,
        RunningCommand running,
        CallContext context,
        CancellationToken cancellationToken)
    {
        // A program that does not read all of its input has not failed for that.
        Task feeding = request.Input is { } input
            ? running.Input.AddAsync(input, isLast: true, CancellationToken.None)
            : Task.CompletedTask;
        var output = new MergedOutput(grant.Command.MaxOutputBytes);
        var plan = new CommandPlan(
            grant.Command,
            grant.Arguments,
            grant.Environment,
            directory.Path,
            output.For(Stream(request, context, OutputChannel.Stdout)),
            output.For(Stream(request, context, OutputChannel.Stderr)),
            HasInput: request.Input is not null)
        {
            EndsDescendants = true,
        };
        CommandOutcome outcome = await runner.RunAsync(plan, running, cancellationToken);
        await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Report(outcome, output.Kept, request.OutputEncoding);
    }

    private static StreamedOutput? Stream(RunWorkloadRequest request, CallContext context, OutputChannel channel) =>
        request.Stream ? new StreamedOutput(context, channel, window: null) : null;

    private static RunWorkloadResult Report(CommandOutcome outcome, CapturedOutput output, TextEncoding wanted)
    {
        TextEncoding encoding = ExecResults.Choose(wanted, output);
        var result = new RunWorkloadResult(
            outcome.Status.ExitCode ?? -1,
            outcome.Status.Signal,
            ExecResults.Encode(output, encoding),
            encoding,
            (long)outcome.Elapsed.TotalMilliseconds,
            outcome.Ending == Ending.TimedOut,
            output.Truncated,
            output.TotalBytes);
        return outcome.Ending switch
        {
            Ending.Exited => result,
            Ending.TimedOut => throw Ended(ErrorCode.TimedOut, "The program exceeded its time limit.", "timeout_seconds", result),
            _ => throw Ended(ErrorCode.Cancelled, "The program was cancelled.", "cancel", result),
        };
    }

    private static OperationException Ended(ErrorCode code, string sentence, string rule, RunWorkloadResult result) =>
        new(code, sentence, new ErrorDetail(
            rule, Result: JsonSerializer.SerializeToElement(result, RunWorkloadJson.Default.RunWorkloadResult)));
}
