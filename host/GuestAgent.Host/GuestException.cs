namespace GuestAgent.Host;

/// <summary>
/// Everything that goes wrong between this host and a guest: the connection (<see cref="GuestConnectionException"/>), which is
/// also how an agent's end under a call shows, the agent's answer (<see cref="GuestAgentException"/>), no answer in time
/// (<see cref="GuestCallTimeoutException"/>), a transfer (<see cref="GuestTransferException"/>), or a text that names no guest
/// (<see cref="GuestEndpointException"/>). The library throws no exception of its own beside these.
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
