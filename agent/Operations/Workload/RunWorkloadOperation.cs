using System.Text.Json;
using GuestAgent.Accounts;
using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Files;
using GuestAgent.Operations.Exec;
using GuestAgent.Policy;
using GuestAgent.Workloads;

namespace GuestAgent.Operations.Workload;

/// <summary>Runs a program that the host has brought along, in a directory of its own, and ends all that it started.</summary>
internal sealed class RunWorkloadOperation(
    CommandRunner runner, RunningCommands commands, AccountDatabase accounts, TemporaryNames temporaryNames, TimeProvider clock)
    : IOperation<RunWorkloadRequest, WorkloadGrant, RunWorkloadResult>
{
    private static readonly CommandOutcome NeverBegan = new(ExitStatus.Unknown, TimeSpan.Zero, EndReason.TimedOut);

    /// <inheritdoc/>
    public async ValueTask<RunWorkloadResult> ExecuteAsync(
        RunWorkloadRequest request, WorkloadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        RunningCommand running = commands.Enter(context, null, hasInput: request.Input is not null);
        try
        {
            using WorkloadDirectory? directory = await PrepareAsync(request, grant, cancellationToken);
            using WorkloadDirectory? scratch = directory is null || grant.Confinement is null
                ? null
                : WorkloadDirectory.Create(grant.Directory, directory.Owner, temporaryNames);
            TimeSpan left = grant.Command.TimeLimit.After(clock.GetElapsedTime(start));
            return directory is not null && left != TimeSpan.Zero
                ? await RunAsync(
                    request, grant, directory, Confine(grant, directory, scratch), left, running, context, cancellationToken)
                : Report(NeverBegan, new CapturedOutput(0), request.OutputEncoding, grant.Command.TimeLimit);
        }
        finally
        {
            running.Input.Refuse();
            commands.Leave(context, running);
        }
    }

    // The time limit holds from here on: an archive of a few kilobytes may take seconds. Null when they are over.
    private async Task<WorkloadDirectory?> PrepareAsync(
        RunWorkloadRequest request, WorkloadGrant grant, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(grant.Command.TimeLimit.Time, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Account? owner = await FindOwnerAsync(grant, end.Token);
            return await Task.Run(() => Prepare(request, grant, owner, end.Token), end.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private WorkloadDirectory Prepare(
        RunWorkloadRequest request, WorkloadGrant grant, Account? owner, CancellationToken cancellationToken)
    {
        var directory = WorkloadDirectory.Create(grant.Directory, owner, temporaryNames);
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

    private static Confinement? Confine(WorkloadGrant grant, WorkloadDirectory directory, WorkloadDirectory? scratch)
    {
        if (grant.Confinement is not { } asked || scratch is null)
        {
            return null;
        }

        ConfinementParts network = asked.HasNetwork ? ConfinementParts.None : ConfinementParts.Network;
        return new Confinement
        {
            Directory = directory.Held,
            Scratch = scratch.Held,
            WritePaths = asked.WritePaths,
            HiddenDirectories = asked.HiddenDirectories,
            Wanted = ConfinementParts.Usual | network,
            // What the rule names is more than a wish.
            Demanded = network | (asked.IsRequired ? ConfinementParts.Usual : ConfinementParts.None),
            Limits = new ResourceLimits(asked.MemoryBytes, asked.MaxProcesses, asked.CpuPercent),
        };
    }

    private async ValueTask<Account?> FindOwnerAsync(WorkloadGrant grant, CancellationToken cancellationToken)
    {
        try
        {
            return grant.Command.User is { } user ? await accounts.FindAsync(user, null, cancellationToken) : null;
        }
        catch (AccountException e)
        {
            throw AccountFailure.From(e);
        }
    }

    private async ValueTask<RunWorkloadResult> RunAsync(
        RunWorkloadRequest request,
        WorkloadGrant grant,
        WorkloadDirectory directory,
        Confinement? confinement,
        TimeSpan timeLimit,
        RunningCommand running,
        CallContext context,
        CancellationToken cancellationToken)
    {
        // A program that does not read all of its input has not failed for that.
        Task feeding = request.Input is { } input
            ? running.Input.AddAsync(input, isLast: true, CancellationToken.None)
            : Task.CompletedTask;
        var output = new MergedOutput(grant.Command.MaxOutputBytes, context.Memory);
        var plan = new CommandPlan(
            grant.Command,
            grant.Arguments,
            grant.Environment,
            directory.Path,
            output.For(Stream(request, context, OutputChannel.Stdout)),
            output.For(Stream(request, context, OutputChannel.Stderr)),
            HasInput: request.Input is not null)
        {
            TimeLimit = timeLimit,
            EndsDescendants = true,
            Confinement = confinement,
        };
        CommandOutcome outcome = await runner.RunAsync(plan, running, cancellationToken);
        await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Report(outcome, output.Kept, request.OutputEncoding, grant.Command.TimeLimit);
    }

    private static StreamedOutput? Stream(RunWorkloadRequest request, CallContext context, OutputChannel channel) =>
        request.Stream ? new StreamedOutput(context, channel, window: null) : null;

    private static RunWorkloadResult Report(
        CommandOutcome outcome, CapturedOutput output, TextEncoding wanted, TimeLimit limit)
    {
        TextEncoding encoding = ExecResults.Choose(wanted, output);
        var result = new RunWorkloadResult(
            outcome.Status.ExitCode ?? -1,
            outcome.Status.Signal,
            ExecResults.Encode(output, encoding),
            encoding,
            (long)outcome.Elapsed.TotalMilliseconds,
            outcome.EndReason == EndReason.TimedOut,
            output.Truncated,
            output.TotalBytes,
            outcome.OomKilled);
        return outcome.EndReason switch
        {
            EndReason.Exited => result,
            EndReason.TimedOut => throw limit.Exceeded("The program", Detail(result)),
            _ => throw new OperationException(
                ErrorCode.Cancelled, "The program was cancelled.", Detail(result) with { Rule = "cancel" }),
        };
    }

    private static ErrorDetail Detail(RunWorkloadResult result) =>
        new(Result: JsonSerializer.SerializeToElement(result, RunWorkloadJson.Default.RunWorkloadResult));
}
