using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host;

/// <summary>The agent answered a call with an error. The connection is as good as before.</summary>
public class GuestAgentException : GuestException
{
    // What a guest says is not believed beyond that.
    private const long LongestRetryMs = 3_600_000;

    /// <summary>Creates the failure from what the agent sent.</summary>
    /// <param name="number">The error's number on the wire.</param>
    /// <param name="message">The agent's sentence.</param>
    /// <param name="detail">Rule, field or partial result; null when the agent named none.</param>
    public GuestAgentException(int number, string message, ErrorDetail? detail = null)
        : base(message)
    {
        Number = number;
        Code = JsonRpcErrors.FromNumber(number);
        Detail = detail;
    }

    /// <summary>Creates the failure from a code.</summary>
    /// <param name="code">What kind of failure it is.</param>
    /// <param name="message">One sentence.</param>
    /// <param name="detail">Rule, field or partial result; null for none.</param>
    public GuestAgentException(ErrorCode code, string message, ErrorDetail? detail = null)
        : this(JsonRpcErrors.ToNumber(code), message, detail)
    {
    }

    /// <summary>What kind of failure it is; null for a number that this version of the library does not know.</summary>
    public ErrorCode? Code { get; }

    /// <summary>
    /// True when the agent had no room or no time for the call (<see cref="ErrorCode.Busy"/>, -32004): the same may succeed later.
    /// The library does not repeat it, as only the caller knows what it may cost; wait for <see cref="RetryAfter"/>, or a little
    /// longer each time, and send less at once.
    /// </summary>
    public bool IsBusy => Code == ErrorCode.Busy;

    /// <summary>How long the agent asks to wait, 0 to 1 hour; null when it does not say. From the guest and not verified.</summary>
    public TimeSpan? RetryAfter => Detail?.RetryAfterMs is { } milliseconds
        ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestRetryMs))
        : null;

    /// <summary>The error's number in the JSON-RPC dialect (see PROTOCOL.md).</summary>
    public int Number { get; }

    /// <summary>Which rule or field the error is about, from the guest and not verified; null when not named.</summary>
    public ErrorDetail? Detail { get; }
}
