using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>
/// Calls a guest's dialect <c>http</c>, or a program that serves HTTP there, with JSON both ways. Connections are kept and used again.
/// May be used from any number of tasks at once.
/// </summary>
public sealed class GuestHttpClient : IDisposable
{
    /// <summary>The context of the guest unless an endpoint says otherwise.</summary>
    public const uint DefaultCid = 3;

    /// <summary>The vsock port unless an endpoint says otherwise.</summary>
    public const uint DefaultPort = 8080;

    /// <summary>Bytes kept of the body of an error.</summary>
    public const int MostErrorBytes = 64 * 1024;

    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;

    /// <summary>Connects with the first call.</summary>
    /// <param name="endpoint">Where the guest serves HTTP; <c>vsock://3:8080</c> when null.</param>
    /// <param name="timeout">Longest time of a call, its answer included, above 0, up to a day; 30 s when null.</param>
    /// <param name="options">
    /// Time limits of connecting, and the longest answer (<see cref="GuestClientOptions.MaxMessageBytes"/>);
    /// <see cref="GuestClientOptions.Default"/> when null.
    /// </param>
    public GuestHttpClient(GuestEndpoint? endpoint = null, TimeSpan? timeout = null, GuestClientOptions? options = null)
    {
        _timeout = timeout ?? UsualTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_timeout, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_timeout, TimeSpan.FromDays(1), nameof(timeout));
        options ??= GuestClientOptions.Default;
        Endpoint = endpoint ?? GuestEndpoint.Vsock(DefaultCid, DefaultPort);
        _http = new HttpClient(GuestHttp.CreateHandler(Endpoint, options), disposeHandler: true)
        {
            BaseAddress = new Uri("http://guest/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.MaxMessageBytes,
        };
    }

    /// <summary>Where the guest serves HTTP.</summary>
    public GuestEndpoint Endpoint { get; }

    /// <summary>Sends a request with a JSON body, and reads the JSON of its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query, from its slash on, such as <c>/v1/ping</c>.</param>
    /// <param name="body">The body; none when <c>default</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; of kind <see cref="JsonValueKind.Undefined"/> where it has no body.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> does not begin with one slash.</exception>
    /// <exception cref="GuestHttpException">The status is no success.</exception>
    /// <exception cref="GuestCallTimeoutException">There was no whole answer in time.</exception>
    /// <exception cref="GuestConnectionException">There is no connection, it was lost, or the answer is no JSON or too long.</exception>
    public async Task<JsonElement> DoJsonAsync(
        HttpMethod method, string path, JsonElement body = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal))
        {
            throw new ArgumentException("A path begins with one slash.", nameof(path));
        }

        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body.ValueKind != JsonValueKind.Undefined)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.GetRawText()))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            return await SendAsync(request, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GuestCallTimeoutException($"{method} {path}", _timeout);
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as GuestConnectionException ?? GuestConnectionException.Lost(e.Message, e);
        }
        catch (IOException e)
        {
            throw GuestConnectionException.Lost(e.Message, e);
        }
    }

    /// <summary>Ends its connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new GuestHttpException(response.StatusCode, await BeginningAsync(response, cancellationToken).ConfigureAwait(false));
        }

        await response.Content.LoadIntoBufferAsync(_http.MaxResponseContentBufferSize, cancellationToken).ConfigureAwait(false);
        byte[] json = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return json.Length == 0 ? default : JsonSerializer.Deserialize(json, AnyJson.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw GuestConnectionException.Violation("an answer is no JSON.", e);
        }
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            byte[] buffer = new byte[MostErrorBytes];
            int count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
    }
}
