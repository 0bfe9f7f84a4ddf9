using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>The way of a call through one operation: read the parameters, ask the policy, run, wrap the result.</summary>
internal abstract class Route(IOperationContract contract, TimeSpan? deadline)
{
    /// <summary>The operation's contract.</summary>
    public IOperationContract Contract { get; } = contract;

    /// <summary>Longest time that the dispatcher gives it; null when the operation limits itself.</summary>
    public TimeSpan? Deadline { get; } = deadline;

    /// <summary>Asks the listener, reads and authorises: everything before this returns has no side effect.</summary>
    /// <param name="arguments">The parameters, untyped.</param>
    /// <param name="context">What surrounds the call.</param>
    /// <returns>The authorised call, which nothing else can make.</returns>
    /// <exception cref="Errors.OperationException">It is refused, or its parameters make no sense.</exception>
    public AuthorisedCall Admit(IArguments arguments, CallContext context) => context.Caller.MayCall(Contract.Name)
        ? Prepare(arguments, context)
        : throw Refusals.NotServed(Contract.Name);

    /// <summary>Reads and authorises.</summary>
    protected abstract AuthorisedCall Prepare(IArguments arguments, CallContext context);
}
