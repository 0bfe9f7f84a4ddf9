namespace GuestAgent.Host;

/// <summary>
/// Gives the client of one guest to all parts of a program: see <see cref="GuestClientServices"/>. A program that knows its guests
/// only as it runs keeps clients of its own.
/// </summary>
public interface IGuestClientSource
{
    /// <summary>How the client stands to its agent now; null as long as nobody has asked for it, and while there is none.</summary>
    ConnectionStatus? Status { get; }

    /// <summary>
    /// The client, which is connected at the first call and again when it was closed for good; callers at the same time share one
    /// attempt, and after a failed one the next call tries again. With <see cref="GuestClientOptions.Reconnect"/> the client that
    /// was given stays good. It belongs to the source.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestConnectionException">There is no connection, or no agent that answers on it.</exception>
    /// <exception cref="GuestAgentException">The agent refused hello.</exception>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    ValueTask<IGuestClient> GetAsync(CancellationToken cancellationToken = default);
}
