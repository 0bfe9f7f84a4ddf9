using GuestAgent.Errors;

namespace GuestAgent.Dispatch;

/// <summary>What the dispatcher refuses by itself, before the policy is asked.</summary>
internal static class Refusals
{
    /// <summary>There is no operation of the name that is asked for.</summary>
    public static Failure NoSuch() =>
        new(ErrorCode.UnknownOperation, "There is no such method.", new ErrorDetail("method"));

    /// <summary>The agent's end is the end of the call, or that of its listener.</summary>
    public static Failure Stopping() => new(
        ErrorCode.ShuttingDown,
        "The request was ended: the agent stops, or its configuration has this listener no more.",
        new ErrorDetail("stop"));

    /// <summary>The listener's <c>operations</c> do not have this one.</summary>
    public static OperationException NotServed(string operation) => new(
        ErrorCode.PermissionDenied,
        $"This listener does not serve {operation}.",
        new ErrorDetail("listeners.operations"));

    /// <summary>A reply on this way has no body.</summary>
    /// <param name="parameter">The parameter that asks for one.</param>
    public static OperationException NoBody(string parameter) => OperationException.InvalidParameter(
        parameter,
        "Content can be attached only on a channel that begins anew with each host, and not in a batch.",
        parameter);
}
