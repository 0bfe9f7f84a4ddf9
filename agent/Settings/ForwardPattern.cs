using System.Globalization;
using System.Net;

namespace GuestAgent.Settings;

/// <summary>One entry <c>HOST:PORT</c> of <c>policy.forward</c>.</summary>
internal sealed class ForwardPattern
{
    private const string Any = "*";
    private const string Localhost = "localhost";

    private readonly IReadOnlyList<IPNetwork>? _networks;
    private readonly int _first;
    private readonly int _last;

    private ForwardPattern(IReadOnlyList<IPNetwork>? networks, int first, int last)
    {
        _networks = networks;
        _first = first;
        _last = last;
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="text">The entry, which is no path.</param>
    /// <param name="pattern">What it says; null when it makes no sense.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? TryParse(string text, out ForwardPattern? pattern)
    {
        pattern = null;
        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return "must be HOST:PORT or an absolute path";
        }

        if (!TryPorts(text[(colon + 1)..], out int first, out int last))
        {
            return "must end in a port from 1 to 65535, a range such as 8000-8099, or *";
        }

        string host = text[..colon];
        IReadOnlyList<IPNetwork>? networks = null;
        if (host != Any && (networks = Networks(host)) is null)
        {
            return "must begin with localhost, an address, a network such as 10.0.0.0/8, or *; those of IPv6 in brackets";
        }

        pattern = new ForwardPattern(networks, first, last);
        return null;
    }

    /// <summary>Whether it allows an address and a port; 0 stands for whichever the kernel chooses.</summary>
    public bool Matches(IPAddress address, int port)
    {
        if (port == 0 ? (_first, _last) != (1, IPEndPoint.MaxPort) : port < _first || port > _last)
        {
            return false;
        }

        if (_networks is null)
        {
            return true;
        }

        foreach (IPNetwork network in _networks)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryPorts(string text, out int first, out int last)
    {
        (first, last) = (1, IPEndPoint.MaxPort);
        if (text == Any)
        {
            return true;
        }

        string[] ends = text.Split('-');
        return ends.Length <= 2 && TryPort(ends[0], out first) && TryPort(ends[^1], out last) && first <= last;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= IPEndPoint.MaxPort;

    private static IReadOnlyList<IPNetwork>? Networks(string host)
    {
        if (host == Localhost)
        {
            return [new IPNetwork(IPAddress.Loopback, 32), new IPNetwork(IPAddress.IPv6Loopback, 128)];
        }

        bool isBracketed = host is ['[', .., ']'];
        string inner = isBracketed ? host[1..^1] : host;
        if (inner.Contains(':', StringComparison.Ordinal) != isBracketed || inner.Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        // A network that is written by another address than its first may be a slip.
        return IPNetwork.TryParse(inner, out IPNetwork network) && inner.Split('/') is [var first, _]
            ? IPAddress.TryParse(first, out IPAddress? written) && written.Equals(network.BaseAddress) ? [network] : null
            : IPAddress.TryParse(inner, out IPAddress? address) ? [new IPNetwork(address, address.GetAddressBytes().Length * 8)]
            : null;
    }
}
