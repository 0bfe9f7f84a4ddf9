namespace GuestAgent.Host.Transports;

/// <summary>Connects, within the time limit of each attempt and as often as the options say.</summary>
internal static class Dialing
{
    /// <summary>The open stream.</summary>
    /// <exception cref="GuestConnectionException">There is none in time.</exception>
    public static async Task<Stream> DialAsync(
        IConnector connector, GuestClientOptions options, CancellationToken cancellationToken)
    {
        DialRetry retry = options.DialRetry;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await DialOnceAsync(connector, options, cancellationToken).ConfigureAwait(false);
            }
            catch (GuestConnectionException e) when (attempt < retry.Attempts && connector.MayComeLater(e.Reason))
            {
                // The next attempt tells.
            }

            await Task.Delay(retry.PauseAfter(attempt), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Stream> DialOnceAsync(
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
