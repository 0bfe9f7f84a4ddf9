namespace GuestAgent.Host.Transports;

/// <summary>Connects within the time limit.</summary>
internal static class Dialing
{
    /// <summary>The open stream.</summary>
    /// <exception cref="GuestConnectionException">There is none in time.</exception>
    public static async Task<Stream> DialAsync(
        IConnector connector, GuestClientOptions options, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await connector.ConnectAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GuestConnectionException(
                ConnectionFailure.NoAnswer,
                $"No connection within {GuestConnectionException.Seconds(options.ConnectTimeout)}.",
                e);
        }
    }
}
