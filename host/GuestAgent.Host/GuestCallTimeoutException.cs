namespace GuestAgent.Host;

/// <summary>
/// The agent did not answer a call within the time that the protocol gives it, plus
/// <see cref="GuestClientOptions.CallMargin"/>, although the connection is alive. The agent was told to cancel it.
/// </summary>
public sealed class GuestCallTimeoutException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="method">Name of the call.</param>
    /// <param name="waited">How long this host waited for the answer.</param>
    public GuestCallTimeoutException(string method, TimeSpan waited)
        : base($"The agent did not answer {method} within {GuestConnectionException.Seconds(waited)}.")
    {
        Method = method;
        Waited = waited;
    }

    /// <summary>Name of the call that was not answered.</summary>
    public string Method { get; }

    /// <summary>How long this host waited.</summary>
    public TimeSpan Waited { get; }
}
