using System.Collections.Concurrent;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Commands;

/// <summary>The commands that run, found by the session that started them and the id of the request that did.</summary>
/// <param name="settings">Say how many may run at once.</param>
internal sealed class RunningCommands(LiveSettings settings)
{
    private readonly ConcurrentDictionary<(ISession Session, CallId Id), RunningCommand> _running = new();
    private int _count;

    /// <summary>Takes a place for a command that is about to start.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.Busy"/>: all places are taken.</exception>
    public RunningCommand Enter(CallContext context, long? windowBytes, bool hasInput)
    {
        int limit = settings.Current.Limits.MaxConcurrentCommands;
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            throw new OperationException(
                ErrorCode.Busy,
                $"{limit} commands are running, which is the limit.",
                new ErrorDetail("limits.max_concurrent_commands", Limit: limit));
        }

        var command = new RunningCommand(windowBytes, hasInput);
        _running[(context.Session, context.Id)] = command;
        return command;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(CallContext context, RunningCommand command)
    {
        // A host that has gone unmarked may have lost the id to the next one's command while its own was being ended.
        _running.TryRemove(KeyValuePair.Create((context.Session, context.Id), command));
        Interlocked.Decrement(ref _count);
    }

    /// <summary>A command of the caller's own session: the permission to go on with what was allowed at its start.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: it has ended, or never ran.</exception>
    public RunningCommand Find(CallId id, CallContext context) =>
        _running.GetValueOrDefault((context.Session, id)) ?? throw new OperationException(
            ErrorCode.NotFound, "No command runs under this id.", new ErrorDetail("running", "id"));
}
