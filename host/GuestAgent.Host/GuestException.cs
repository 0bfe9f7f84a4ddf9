namespace GuestAgent.Host;

/// <summary>
/// Everything that goes wrong between this host and a guest: the connection (<see cref="GuestConnectionException"/>),
/// the agent's answer (<see cref="GuestAgentException"/>), or no answer in time
/// (<see cref="GuestCallTimeoutException"/>).
/// </summary>
/// <remarks>
/// A message may quote the guest. It is one line of at most some 1000 characters, and control characters are replaced,
/// so that it may be logged or printed as it is.
/// </remarks>
public abstract class GuestException : Exception
{
    private protected GuestException(string message, Exception? innerException = null)
        : base(GuestText.OneLine(message), innerException)
    {
    }
}
