using System.Globalization;
using System.Net;

namespace GuestAgent.Host;

/// <summary>The guest answered an HTTP request with a status that is no success.</summary>
public sealed class GuestHttpException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The beginning of the answer's body.</param>
    public GuestHttpException(HttpStatusCode status, string body)
        : base(string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)status}: {GuestText.OneLine(body)}"))
    {
        Status = status;
        Body = body;
    }

    /// <summary>The status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>
    /// The beginning of the answer's body, at most <see cref="GuestHttpClient.MostErrorBytes"/> bytes of it. From the guest: not verified,
    /// and not fit for a terminal as it is.
    /// </summary>
    public string Body { get; }
}
