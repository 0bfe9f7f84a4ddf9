using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class RunningCommandsTests
{
    private readonly RunningCommands _commands =
        new(new LiveSettings(new AgentSettings([], Limits: new LimitSettings(MaxConcurrentCommands: 2))));

    [Fact]
    public void A_command_whose_id_has_gone_to_another_takes_only_itself_along()
    {
        CallContext context = Context("1");
        RunningCommand former = _commands.Enter(context, null, hasInput: false);
        RunningCommand next = _commands.Enter(context, null, hasInput: true);
        _commands.Leave(context, former);
        Assert.Same(next, _commands.Find(context.Id, context));

        _commands.Leave(context, next);
        var e = Assert.Throws<OperationException>(() => _commands.Find(context.Id, context));
        Assert.Equal((ErrorCode.NotFound, "running"), (e.Code, e.Detail?.Rule));
    }

    [Fact]
    public void A_place_is_free_again_when_its_command_has_left()
    {
        CallContext context = Context("1");
        RunningCommand first = _commands.Enter(context, null, hasInput: false);
        _commands.Enter(Context("2"), null, hasInput: false);
        var e = Assert.Throws<OperationException>(() => _commands.Enter(Context("3"), null, hasInput: false));
        Assert.Equal((ErrorCode.Busy, "limits.max_concurrent_commands"), (e.Code, e.Detail?.Rule));

        _commands.Leave(context, first);
        Assert.NotNull(_commands.Enter(Context("3"), null, hasInput: false));
    }

    private static CallContext Context(string id) =>
        new(new Caller("unix:/run/a.sock", "-", null), new NoSession(), new CallId(id), new NoEvents());

    private sealed class NoSession : ISession
    {
        public IPush Push => throw new NotSupportedException();

        public SessionOrder Order => throw new NotSupportedException();

        public void Keep(IDisposable lasting) => throw new NotSupportedException();

        public void Release(IDisposable lasting) => throw new NotSupportedException();
    }

    private sealed class NoEvents : IEventSink
    {
        public int MaxBytes => 0;

        public ValueTask EmitAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
            where T : class => throw new NotSupportedException();
    }
}
