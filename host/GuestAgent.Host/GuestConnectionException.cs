using System.Globalization;

namespace GuestAgent.Host;

/// <summary>
/// There is no connection to the agent, or it has ended. For a call that fails with it, <see cref="Method"/> and
/// <see cref="IsSafeToRepeat"/> say whether it may have been carried out in the guest.
/// </summary>
public sealed class GuestConnectionException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">What kind of failure it is.</param>
    /// <param name="message">One sentence for an operator.</param>
    /// <param name="innerException">The failure behind it.</param>
    public GuestConnectionException(ConnectionFailure reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        IsSafeToRepeat = true;
    }

    private GuestConnectionException(GuestConnectionException cause, string method, string fate, bool safe)
        : base($"{cause.Message} {fate}", cause.InnerException is GuestAgentException answer ? answer : cause)
    {
        Reason = cause.Reason;
        Method = method;
        IsSafeToRepeat = safe;
    }

    /// <summary>What kind of failure it is.</summary>
    public ConnectionFailure Reason { get; }

    /// <summary>Name of the call that failed with the connection; null when the failure is not one of a call.</summary>
    public string? Method { get; }

    /// <summary>
    /// False when the call may have been carried out in the guest and must not be repeated blindly. True when it was not
    /// sent, when it is one of those that only look or do the same twice, and when there was no call.
    /// </summary>
    public bool IsSafeToRepeat { get; }

    /// <summary>True when the call never left this host.</summary>
    internal bool WasNotSent { get; private init; }

    internal static GuestConnectionException Violation(string sentence, Exception? cause = null) =>
        new(ConnectionFailure.ProtocolViolation, $"The agent broke the protocol: {sentence}", cause);

    internal static GuestConnectionException Lost(string sentence, Exception? cause = null) =>
        new(ConnectionFailure.Lost, sentence, cause);

    internal static GuestConnectionException LostThread() => Lost(
        "The agent does not know what this host has sent: a snapshot of the guest was restored, or the channel lost bytes.");

    /// <summary>The agent has ended the call because it stops.</summary>
    internal static GuestConnectionException Stopping(GuestAgentException answer, string method, bool repeatable) => new(
        new GuestConnectionException(ConnectionFailure.AgentStopping, answer.Message, answer),
        method,
        repeatable ? $"{method} may be repeated." : $"What {method} had done until then stays done.",
        repeatable);

    /// <summary>What any exception of a channel's reads and writes means.</summary>
    internal static GuestConnectionException From(Exception fault) => fault as GuestConnectionException
        ?? Lost($"The connection to the agent broke: {fault.Message}", fault);

    internal static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    /// <summary>The failure of a call that was not sent, a new object for each caller.</summary>
    internal GuestConnectionException NotSent(string method) =>
        new(this, method, $"{method} was not sent.", safe: true) { WasNotSent = true };

    /// <summary>The failure of a call that was sent and not answered, a new object for each caller.</summary>
    internal GuestConnectionException Unanswered(string method, bool repeatable) => repeatable
        ? new(this, method, $"{method} was not answered; it may be repeated.", safe: true)
        : new(this, method, $"Whether {method} was carried out in the guest is not known.", safe: false);

    /// <summary>The same, of the same call, for another reason that was found later.</summary>
    internal GuestConnectionException Because(GuestConnectionException final) =>
        Method is null ? final
        : WasNotSent ? final.NotSent(Method)
        : final.Unanswered(Method, IsSafeToRepeat);
}
