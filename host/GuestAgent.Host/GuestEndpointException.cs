namespace GuestAgent.Host;

/// <summary>A text that is no endpoint; the message says what an endpoint looks like.</summary>
public sealed class GuestEndpointException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="endpoint">The text.</param>
    /// <param name="fault">What is wrong with it.</param>
    public GuestEndpointException(string endpoint, string fault)
        : base($"{endpoint}: {fault}") => Endpoint = endpoint;

    /// <summary>The text that is no endpoint.</summary>
    public string Endpoint { get; }
}
