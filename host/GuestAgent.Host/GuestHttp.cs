using GuestAgent.Host.Transports;

namespace GuestAgent.Host;

/// <summary>Lets a plain <see cref="HttpClient"/> talk to a guest's dialect <c>http</c> over any endpoint.</summary>
public static class GuestHttp
{
    /// <summary>
    /// A handler whose connections all lead to one endpoint, whatever host and port a URI names; they are kept and used again. Other
    /// settings of it are the caller's.
    /// </summary>
    /// <param name="endpoint">Where the guest serves HTTP.</param>
    /// <param name="options">Time limits of connecting; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <returns>The handler, without proxy, redirects and cookies: the guest is asked for, and nobody else.</returns>
    public static SocketsHttpHandler CreateHandler(GuestEndpoint endpoint, GuestClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        GuestClientOptions limits = options ?? GuestClientOptions.Default;
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // What asks for the guest's channel is not part of a trace that the guest knows.
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
                await Dialing.DialAsync(Connectors.For(endpoint), limits, cancellationToken).ConfigureAwait(false),
        };
    }
}
