using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Network;

/// <summary>Routes, as RTM_NEWROUTE tells them.</summary>
internal static class RouteMessage
{
    // struct rtmsg, struct rtnexthop.
    private const int FixedBytes = 12;
    private const int NextHopBytes = 8;

    private const int RTA_DST = 1;
    private const int RTA_OIF = 4;
    private const int RTA_GATEWAY = 5;
    private const int RTA_PRIORITY = 6;
    private const int RTA_MULTIPATH = 9;
    private const int RTA_TABLE = 15;
    private const int RTA_VIA = 18;
    private const uint MainTable = 254;

    // Of rtm_flags: what the kernel has learnt of a single destination, such as a smaller MTU, and kept beside the routes.
    private const uint RTM_F_CLONED = 0x200;

    private static readonly string[] Kinds =
    [
        "unspecified", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
        "throw", "nat",
    ];

    /// <summary>Adds the routes of one message, if somebody made them in the main table: one for each gateway.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="interfaces">Names of the interfaces.</param>
    /// <param name="routes">Where they are added.</param>
    public static void Parse(
        ReadOnlySpan<byte> payload, IReadOnlyDictionary<int, string> interfaces, List<NetworkRoute> routes)
    {
        if (payload.Length < FixedBytes
            || IPText.Family(payload[0]) is not { } family
            || (MemoryMarshal.Read<uint>(payload[8..]) & RTM_F_CLONED) != 0)
        {
            return;
        }

        uint table = payload[4];
        long? metric = null;
        string? destination = null;
        Hop hop = default;
        ReadOnlySpan<byte> multipath = default;
        NetlinkAttributes attributes = new(payload[FixedBytes..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case RTA_DST:
                    destination = IPText.Address(attributes.Value);
                    break;
                case RTA_PRIORITY:
                    metric = attributes.Number;
                    break;
                case RTA_MULTIPATH:
                    multipath = attributes.Value;
                    break;
                case RTA_TABLE:
                    table = attributes.Number;
                    break;
                default:
                    hop.Take(attributes);
                    break;
            }
        }

        if (table != MainTable)
        {
            return;
        }

        var route = new NetworkRoute(
            IPText.Network(destination ?? (family == "ipv4" ? "0.0.0.0" : "::"), payload[1]),
            hop.Gateway,
            Name(interfaces, hop.Interface),
            metric,
            family,
            payload[7] < Kinds.Length ? Kinds[payload[7]] : payload[7].ToString(CultureInfo.InvariantCulture));
        if (multipath.IsEmpty)
        {
            routes.Add(route);
        }

        while (multipath.Length >= NextHopBytes)
        {
            int length = MemoryMarshal.Read<ushort>(multipath);
            if (length < NextHopBytes || length > multipath.Length)
            {
                break;
            }

            Hop one = new() { Interface = MemoryMarshal.Read<int>(multipath[4..]) };
            NetlinkAttributes own = new(multipath[NextHopBytes..length]);
            while (own.MoveNext())
            {
                one.Take(own);
            }

            routes.Add(route with { Gateway = one.Gateway, Interface = Name(interfaces, one.Interface) });
            multipath = multipath[Math.Min(multipath.Length, (length + 3) & ~3)..];
        }
    }

    private static string? Name(IReadOnlyDictionary<int, string> interfaces, int index) =>
        index == 0 ? null : interfaces.GetValueOrDefault(index, index.ToString(CultureInfo.InvariantCulture));

    private struct Hop
    {
        public string? Gateway;
        public int Interface;

        public void Take(NetlinkAttributes attribute)
        {
            switch (attribute.Type)
            {
                case RTA_OIF:
                    Interface = (int)attribute.Number;
                    break;
                case RTA_GATEWAY:
                    Gateway = IPText.Address(attribute.Value);
                    break;
                case RTA_VIA when attribute.Value.Length > sizeof(ushort):
                    // An IPv4 network behind an IPv6 gateway: a family, then the address.
                    Gateway = IPText.Address(attribute.Value[sizeof(ushort)..]);
                    break;
                default:
                    break;
            }
        }
    }
}
