using System.Globalization;
using System.Net;
using GuestAgent.Errors;

namespace GuestAgent.Policy;

/// <summary>The <c>HOST:PORT</c> of a request, as addresses: no name is looked up, so that what is compared is what is used.</summary>
/// <param name="Text">As the request has it.</param>
/// <param name="Addresses">In the order in which they are tried.</param>
/// <param name="Port">The port; 0 for one that the kernel chooses.</param>
internal sealed record ForwardAddress(string Text, IReadOnlyList<IPAddress> Addresses, int Port)
{
    private const string Parameter = "address";

    /// <summary>Reads it.</summary>
    /// <param name="text">The parameter, which is no path.</param>
    /// <param name="mayBeZero">Whether the kernel may choose the port.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>.</exception>
    public static ForwardAddress Parse(string text, bool mayBeZero)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port > IPEndPoint.MaxPort
            || (port == 0 && !mayBeZero))
        {
            throw OperationException.InvalidParameter(Parameter, "An address is HOST:PORT, with a port up to 65535, or an absolute path.");
        }

        return new ForwardAddress(text, Hosts(text[..colon]), port);
    }

    private static IReadOnlyList<IPAddress> Hosts(string host)
    {
        if (host == "localhost")
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        bool isBracketed = host is ['[', .., ']'];
        string inner = isBracketed ? host[1..^1] : host;
        if (inner.Contains(':', StringComparison.Ordinal) != isBracketed
            || inner.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(inner, out IPAddress? address))
        {
            throw OperationException.InvalidParameter(
                Parameter, "A host is localhost or an address, one of IPv6 in brackets: the guest resolves no other name.");
        }

        // The same place under another name, which must not be another to the policy.
        return [address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address];
    }
}
