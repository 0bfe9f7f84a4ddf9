using System.Globalization;

namespace GuestAgent.Host;

/// <summary>
/// There is no connection to the agent, or it has ended. Whether a call that fails with it was carried out in the guest
/// is not known.
/// </summary>
public sealed class GuestConnectionException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">What kind of failure it is.</param>
    /// <param name="message">One sentence for an operator.</param>
    /// <param name="innerException">The failure behind it.</param>
    public GuestConnectionException(ConnectionFailure reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What kind of failure it is.</summary>
    public ConnectionFailure Reason { get; }

    internal static GuestConnectionException Violation(string sentence, Exception? cause = null) =>
        new(ConnectionFailure.ProtocolViolation, $"The agent broke the protocol: {sentence}", cause);

    internal static GuestConnectionException Lost(string sentence, Exception? cause = null) =>
        new(ConnectionFailure.Lost, sentence, cause);

    /// <summary>What any exception of a channel's reads and writes means.</summary>
    internal static GuestConnectionException From(Exception fault) => fault as GuestConnectionException
        ?? Lost($"The connection to the agent broke: {fault.Message}", fault);

    internal static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    /// <summary>The same failure for another caller, so that no two callers throw one object.</summary>
    internal GuestConnectionException Again() => new(Reason, Message, this);
}
