using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Sessions;

/// <summary>What is admitted, when it starts and what becomes of it, whatever the dialect.</summary>
public sealed class CallAdmissionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly AnyOperations _operations = new(new LimitSettings(MaxConcurrentRequests: 2));
    private readonly TaskCompletionSource _go = new();
    private readonly Session _session;

    public CallAdmissionTests()
    {
        _operations.Work = (_, cancelled) => _go.Task.WaitAsync(cancelled);
        _session = _operations.Open();
    }

    [Fact]
    public async Task More_calls_than_are_allowed_at_once_are_refused_but_not_what_goes_on_with_one()
    {
        TestCall[] running = [Start("1", AnyOperations.Plain), Start("2", AnyOperations.Plain)];
        Failure? refusal = await FailureOf(Start("3", AnyOperations.Plain));
        Assert.Equal((ErrorCode.Busy, "limits.max_concurrent_requests", 2L), (refusal!.Code, refusal.Detail!.Rule, refusal.Detail.Limit));
        TestCall continuing = Start("4", AnyOperations.Continuing);
        Assert.False(continuing.End.IsCompleted);

        _go.SetResult();
        foreach (TestCall call in (TestCall[])[.. running, continuing])
        {
            Assert.Null(await FailureOf(call));
        }

        Assert.Equal(0, _session.Calls.Count);
    }

    [Fact]
    public async Task A_dialect_that_has_one_call_at_a_time_has_one_whatever_the_limit_is()
    {
        var operations = new AnyOperations(new LimitSettings(MaxConcurrentRequests: 8), concurrentCalls: false)
        {
            Work = (_, cancelled) => _go.Task.WaitAsync(cancelled),
        };
        Session session = operations.Open();
        TestCall[] calls = [new(session, "1", operations.Memory), new(session, "2", operations.Memory)];
        Array.ForEach(calls, call => session.Start(call, AnyOperations.Plain, new TestArguments()));
        Assert.Equal((ErrorCode.Busy, 1L), ((await FailureOf(calls[1]))!.Code, (await FailureOf(calls[1]))!.Detail!.Limit));
        _go.SetResult();
        Assert.Null(await FailureOf(calls[0]));
    }

    [Fact]
    public async Task The_id_of_a_call_is_taken_until_it_is_answered_and_free_then()
    {
        TestCall call = Start("1", AnyOperations.Plain);
        Assert.False(_session.IsFree(new CallId("1")));
        Assert.True(_session.IsFree(new CallId("2")));
        _go.SetResult();
        Assert.Null(await FailureOf(call));
        Assert.True(call.WasFree);
    }

    [Fact]
    public async Task What_may_block_does_not_start_on_the_readers_thread_and_what_follows_waits_its_turn_but_for_a_probe()
    {
        // Were the first started on this thread, neither would ever be set.
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        List<string> order = [];
        var operations = new AnyOperations(new LimitSettings(MaxConcurrentRequests: 8))
        {
            Work = (context, cancelled) =>
            {
                lock (order)
                {
                    order.Add(context.Id.Json);
                }

                if (context.Id.Json == "1")
                {
                    begun.Set();
                    Assert.True(go.Wait(Patience, cancelled), "the first was not let go");
                }

                return Task.CompletedTask;
            },
        };
        Session session = operations.Open();
        TestCall Begin(string id, string operation)
        {
            var call = new TestCall(session, id, operations.Memory);
            session.Start(call, operation, new TestArguments());
            return call;
        }

        TestCall blocked = Begin("1", AnyOperations.Blocking);
        Assert.True(begun.Wait(Patience, TestContext.Current.CancellationToken), "the first did not begin");
        TestCall behind = Begin("2", AnyOperations.Plain);
        TestCall continuing = Begin("3", AnyOperations.Continuing);
        Assert.False(continuing.End.IsCompleted);
        TestCall probe = Begin("4", AnyOperations.Probe);
        Assert.True(probe.End.IsCompleted);
        Assert.Null(await FailureOf(probe));
        go.Set();
        Assert.Null(await FailureOf(blocked));
        Assert.Null(await FailureOf(behind));
        Assert.Null(await FailureOf(continuing));
        lock (order)
        {
            Assert.Equal(["1", "4", "2", "3"], order);
        }
    }

    [Fact]
    public async Task Parameters_of_a_call_that_starts_later_are_held_until_it_has_begun()
    {
        var arguments = new TestArguments();
        int heldAtStart = -1;
        _operations.Work = (_, _) =>
        {
            heldAtStart = arguments.Held;
            return Task.CompletedTask;
        };
        TestCall call = New("1");
        _session.Start(call, AnyOperations.Blocking, arguments);
        Assert.Null(await FailureOf(call));
        Assert.Equal(1, heldAtStart);
        await _session.DrainAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await Tests.Testing.Bounded.UntilAsync(() => arguments.Held == 0, () => "the parameters are given back");
    }

    [Fact]
    public async Task A_call_for_which_there_is_no_memory_is_refused_and_takes_neither_place_nor_memory()
    {
        TestCall costly = New("1");
        _session.Start(costly, AnyOperations.Blocking, new TestArguments(cost: long.MaxValue / 8));
        Assert.Equal(ErrorCode.TooLarge, (await FailureOf(costly))!.Code);
        TestCall unheld = New("2");
        _session.Start(unheld, AnyOperations.Blocking, new TestArguments(cost: 100_000, canBeHeld: false));
        Assert.Equal(ErrorCode.Busy, (await FailureOf(unheld))!.Code);
        Assert.Equal((0, 0L), (_session.Calls.Count, _operations.Memory.Held));
    }

    [Fact]
    public async Task A_cancelled_call_is_answered_and_one_of_a_host_that_is_gone_is_not()
    {
        TestCall cancelled = Start("1", AnyOperations.Plain);
        TestCall left = Start("2", AnyOperations.Plain);
        Assert.True(_session.Cancel(new CallId("1")));
        Assert.False(_session.Cancel(new CallId("3")));
        Assert.Equal(ErrorCode.Cancelled, (await FailureOf(cancelled))!.Code);

        _session.End();
        Assert.Null(await left.End.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await _session.DrainAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_call_that_the_agents_end_has_ended_was_not_cancelled_and_one_that_its_host_has_cancelled_before_was()
    {
        var ended = new TaskCompletionSource();
        _operations.Work = async (_, cancelled) =>
        {
            await _go.Task.WaitAsync(cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ended.Task;
            cancelled.ThrowIfCancellationRequested();
        };
        TestCall cancelled = Start("1", AnyOperations.Plain);
        TestCall stopped = Start("2", AnyOperations.Plain);
        _session.Cancel(new CallId("1"));
        _session.StopAll();
        await Tests.Testing.Bounded.UntilAsync(() => stopped.Cancelled.IsCancellationRequested, () => "the second is ended");
        ended.SetResult();

        Assert.Equal((ErrorCode.Cancelled, "cancel"), Reason(await FailureOf(cancelled)));
        Assert.Equal((ErrorCode.ShuttingDown, "stop"), Reason(await FailureOf(stopped)));
    }

    [Fact]
    public async Task A_call_that_fails_otherwise_while_the_agent_stops_says_why()
    {
        _operations.Work = async (_, cancelled) =>
        {
            await _go.Task.WaitAsync(cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new OperationException(ErrorCode.NotFound, "no");
        };
        TestCall call = Start("1", AnyOperations.Plain);
        _session.StopAll();
        Assert.Equal(ErrorCode.NotFound, (await FailureOf(call))!.Code);
    }

    private static (ErrorCode, string?) Reason(Failure? failure) => (failure!.Code, failure.Detail?.Rule);

    private TestCall New(string id) => new(_session, id, _operations.Memory);

    private TestCall Start(string id, string operation)
    {
        TestCall call = New(id);
        _session.Start(call, operation, new TestArguments());
        return call;
    }

    private static async Task<Failure?> FailureOf(TestCall call) =>
        (await call.End.WaitAsync(Patience, TestContext.Current.CancellationToken))!.Value.Failure;
}
