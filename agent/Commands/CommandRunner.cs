using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;
using GuestAgent.Settings;

namespace GuestAgent.Commands;

/// <summary>
/// Runs a command from start to end: feeds it, drains both outputs at once, ends the whole tree at the time limit or when
/// the host wants it, and reports what there is.
/// </summary>
internal sealed class CommandRunner(
    ChildSpawner spawner,
    ProcessTree tree,
    AccountDatabase accounts,
    CommandRecords records,
    LiveSettings settings,
    TimeProvider clock)
{
    private readonly ShortWait _wait = new();

    private TimeSpan Grace => TimeSpan.FromSeconds(settings.Current.Limits.KillGraceSeconds);

    /// <summary>Runs <paramref name="plan"/>.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="running">Its place among the running commands.</param>
    /// <param name="cancellationToken">Ends the command; the outcome says so.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.CommandFailed"/>: it could not be started.</exception>
    public async ValueTask<CommandOutcome> RunAsync(
        CommandPlan plan, RunningCommand running, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        using CommandRecord record = records.Take();
        using ChildProcess child = await StartAsync(plan, record, cancellationToken);
        running.Started(child);
        CommandOutcome outcome = !plan.HasInput && _wait.SeesEndOf(child)
            ? await CollectAsync(child, plan, start, cancellationToken)
            : await AccompanyAsync(child, plan, running, record, start, cancellationToken);
        _wait.Learn(outcome.Elapsed);
        if (plan.EndsDescendants)
        {
            await tree.KillAsync(child, Grace, CancellationToken.None);
        }

        return plan.Confinement?.Limits.MemoryBytes is null
            ? outcome
            : outcome with { OomKilled = child.Cgroup?.HasOomKill() == true };
    }

    // The short way: the command has ended before anything was set up to follow it.
    private async ValueTask<CommandOutcome> CollectAsync(
        ChildProcess child, CommandPlan plan, long start, CancellationToken cancellationToken)
    {
        TimeSpan elapsed = clock.GetElapsedTime(start);
        using CancellationTokenSource? giveUp = HasOutput(child) ? GiveUpAfter(plan, cancellationToken) : null;
        CancellationToken patience = giveUp?.Token ?? cancellationToken;
        Task<bool> stdout = Collect(child.Stdout, plan.Stdout, patience);
        Task<bool> stderr = Collect(child.Stderr, plan.Stderr, patience);
        if (!(await stdout & await stderr))
        {
            LeftOverOutput.Discard(child);
        }

        return new CommandOutcome(await child.Exited, elapsed, EndReason.Exited);
    }

    private async ValueTask<CommandOutcome> AccompanyAsync(
        ChildProcess child,
        CommandPlan plan,
        RunningCommand running,
        CommandRecord record,
        long start,
        CancellationToken cancellationToken)
    {
        record.Lives(child.Cgroup);
        spawner.PlaceInCgroup(child, record.Lives);
        using var exited = new CancellationTokenSource();
        using CancellationTokenSource giveUp = GiveUpAfter(plan, cancellationToken);
        Task<bool> stdout = Pump(child.Stdout, plan.Stdout, exited.Token, giveUp.Token);
        Task<bool> stderr = Pump(child.Stderr, plan.Stderr, exited.Token, giveUp.Token);
        Task input = child.Stdin is { } stdin ? running.Input.PumpAsync(stdin, exited.Token) : Task.CompletedTask;
        EndReason reason = await FollowAsync(child, plan.TimeLimit, cancellationToken);
        ExitStatus status = child.Exited.IsCompleted ? await child.Exited : ExitStatus.Unknown;
        TimeSpan elapsed = clock.GetElapsedTime(start);
        await exited.CancelAsync();
        bool ended = await stdout & await stderr;
        await input;
        if (!ended)
        {
            LeftOverOutput.Discard(child);
        }

        return new CommandOutcome(status, elapsed, reason);
    }

    // After the time limit and the kill, a host that does not take the output gets one more grace.
    private CancellationTokenSource GiveUpAfter(CommandPlan plan, CancellationToken cancellationToken)
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (plan.TimeLimit != Timeout.InfiniteTimeSpan)
        {
            source.CancelAfter(plan.TimeLimit + (2 * Grace) + TimeSpan.FromSeconds(1));
        }

        return source;
    }

    private async Task<EndReason> FollowAsync(ChildProcess child, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        await ((Task)child.Exited).WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (child.Exited.IsCompleted)
        {
            return EndReason.Exited;
        }

        EndReason reason = cancellationToken.IsCancellationRequested ? EndReason.Cancelled : EndReason.TimedOut;
        // Where even SIGKILL does not end it, the kernel is stuck on its behalf; the host is not made to wait for that.
        await tree.KillAsync(child, Grace, CancellationToken.None);
        return reason;
    }

    private static Task<bool> Pump(
        AsyncDescriptor? pipe, IOutputSink? sink, CancellationToken exited, CancellationToken giveUp) =>
        pipe is null || sink is null ? Task.FromResult(true) : OutputPump.RunAsync(pipe, sink, exited, giveUp);

    private static bool HasOutput(ChildProcess child) => child.Stdout?.Available > 0 || child.Stderr?.Available > 0;

    private static Task<bool> Collect(AsyncDescriptor? pipe, IOutputSink? sink, CancellationToken giveUp) =>
        pipe is null || sink is null ? Task.FromResult(true) : OutputPump.CollectAsync(pipe, sink, giveUp);

    // System accounts often have a home that does not exist; login(1) goes to the root directory then, too.
    private static string HomeOf(Account? account) =>
        account is not null && Directory.Exists(account.Home) ? account.Home : "/";

    private async ValueTask<ChildProcess> StartAsync(
        CommandPlan plan, CommandRecord record, CancellationToken cancellationToken)
    {
        try
        {
            CommandGrant grant = plan.Grant;
            Account? account = grant.User is null && grant.Group is null
                ? null
                : await accounts.FindAsync(grant.User, grant.Group, cancellationToken);
            var start = new ChildStart
            {
                FileName = grant.Path,
                HeldProgram = grant.Program,
                Arguments = plan.Arguments,
                Environment = BaseEnvironment.With(plan.Environment, account ?? accounts.Own),
                WorkingDirectory = plan.WorkingDirectory ?? HomeOf(account),
                HeldDirectory = grant.Directory?.Target,
                Account = account,
                Spawned = record.Started,
                NewPrivileges = grant.NewPrivileges,
                Confinement = plan.Confinement,
                Stdin = plan.HasInput ? ChildStream.Pipe : ChildStream.NullDevice,
                Stdout = plan.Stdout is null ? ChildStream.NullDevice : ChildStream.Pipe,
                Stderr = plan.Stderr is null ? ChildStream.NullDevice : ChildStream.Pipe,
            };
            return await spawner.SpawnAsync(start, cancellationToken);
        }
        catch (SpawnException e)
        {
            throw StartFailure.From(e, plan.Grant);
        }
        catch (AccountException e)
        {
            throw AccountFailure.From(e);
        }
        finally
        {
            // A program that runs for long must not keep a file system from being unmounted.
            plan.Grant.Dispose();
        }
    }
}
