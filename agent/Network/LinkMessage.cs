using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Network;

/// <summary>One interface, as RTM_NEWLINK tells it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="MacAddress">Its hardware address; empty where it has none.</param>
/// <param name="State">Its operational state.</param>
/// <param name="Mtu">Its largest packet.</param>
/// <param name="Flags">IFF_UP and so on.</param>
/// <param name="Statistics">Its counters, where the kernel keeps them.</param>
internal sealed record LinkMessage(
    int Index, string Name, string MacAddress, string State, uint Mtu, uint Flags, NetworkStatistics? Statistics)
{
    /// <summary>Which driver of the kernel made it, such as <c>vlan</c> or <c>bridge</c>; null for a device.</summary>
    public string? Kind { get; init; }

    /// <summary>Number of the bridge, bond or the like that it is part of; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Number of the interface that it is made on; 0 for none, or for one of another network namespace.</summary>
    public int ParentIndex { get; init; }

    /// <summary>The tag of a VLAN's interface; null for all else.</summary>
    public int? VlanId { get; init; }

    // struct ifinfomsg.
    private const int FixedBytes = 16;

    private const int IFLA_ADDRESS = 1;
    private const int IFLA_IFNAME = 3;
    private const int IFLA_MTU = 4;
    private const int IFLA_LINK = 5;
    private const int IFLA_MASTER = 10;
    private const int IFLA_OPERSTATE = 16;
    private const int IFLA_LINKINFO = 18;
    private const int IFLA_STATS64 = 23;
    private const int IFLA_LINK_NETNSID = 37;
    private const int IFLA_INFO_KIND = 1;
    private const int IFLA_INFO_DATA = 2;
    private const int IFLA_VLAN_ID = 1;

    // RFC 2863, in the spelling of /sys/class/net/*/operstate.
    private static readonly string[] States =
        ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

    private static readonly string[] FlagNames =
    [
        "up", "broadcast", "debug", "loopback", "pointopoint", "notrailers", "running", "noarp", "promisc", "allmulti",
        "master", "slave", "multicast", "portsel", "automedia", "dynamic", "lower_up", "dormant", "echo",
    ];

    /// <summary>Null for what is no interface.</summary>
    public static LinkMessage? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < FixedBytes)
        {
            return null;
        }

        bool hasHardwareAddress = HasHardwareAddress(MemoryMarshal.Read<ushort>(payload[2..]));
        bool isElsewhere = false;
        var link = new LinkMessage(
            MemoryMarshal.Read<int>(payload[4..]), "", "", States[0], 0, MemoryMarshal.Read<uint>(payload[8..]), null);
        NetlinkAttributes attributes = new(payload[FixedBytes..]);
        while (attributes.MoveNext())
        {
            link = attributes.Type switch
            {
                IFLA_IFNAME => link with { Name = attributes.Text },
                IFLA_ADDRESS when hasHardwareAddress => link with { MacAddress = HardwareAddress(attributes.Value) },
                IFLA_LINK => link with { ParentIndex = (int)attributes.Number },
                IFLA_MASTER => link with { MasterIndex = (int)attributes.Number },
                IFLA_LINKINFO => WithInfo(link, attributes.Value),
                IFLA_MTU => link with { Mtu = attributes.Number },
                IFLA_OPERSTATE => link with { State = StateName(attributes.Value) },
                IFLA_STATS64 => link with { Statistics = ReadStatistics(attributes.Value) },
                _ => link,
            };
            isElsewhere |= attributes.Type == IFLA_LINK_NETNSID;
        }

        // One half of a pair names the other, and a device may name itself.
        if (isElsewhere || link.ParentIndex == link.Index)
        {
            link = link with { ParentIndex = 0 };
        }

        return link.Name.Length > 0 ? link : null;
    }

    /// <summary>The names of the flags that are set.</summary>
    public IReadOnlyList<string> FlagWords() => BitNames.Of(Flags, FlagNames);

    // ARPHRD_ETHER, EETHER, IEEE802, IEEE1394, INFINIBAND, FDDI, IEEE80211 and its two headers, IEEE802154. What tunnels have there is
    // the address of their end, of IP. linux/if_arp.h
    private static bool HasHardwareAddress(ushort linkType) => linkType is 1 or 2 or 6 or 24 or 32 or 774 or 801 or 802 or 803 or 804;

    private static LinkMessage WithInfo(LinkMessage link, ReadOnlySpan<byte> info)
    {
        NetlinkAttributes attributes = new(info);
        while (attributes.MoveNext())
        {
            link = attributes.Type switch
            {
                IFLA_INFO_KIND => link with { Kind = attributes.Text },
                IFLA_INFO_DATA when link.Kind == "vlan" => link with { VlanId = VlanIdOf(attributes.Value) },
                _ => link,
            };
        }

        return link;
    }

    private static int? VlanIdOf(ReadOnlySpan<byte> data)
    {
        NetlinkAttributes attributes = new(data);
        while (attributes.MoveNext())
        {
            if (attributes.Type == IFLA_VLAN_ID && attributes.Value.Length >= sizeof(ushort))
            {
                return MemoryMarshal.Read<ushort>(attributes.Value);
            }
        }

        return null;
    }

    private static string HardwareAddress(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExcept((byte)0))
        {
            return "";
        }

        StringBuilder text = new();
        foreach (byte one in bytes)
        {
            text.Append(text.Length == 0 ? "" : ":").Append(CultureInfo.InvariantCulture, $"{one:x2}");
        }

        return text.ToString();
    }

    private static string StateName(ReadOnlySpan<byte> value) =>
        value is [var state, ..] && state < States.Length ? States[state] : States[0];

    // struct rtnl_link_stats64 begins with these.
    private static NetworkStatistics? ReadStatistics(ReadOnlySpan<byte> value)
    {
        const int Counters = 8;
        if (value.Length < Counters * sizeof(long))
        {
            return null;
        }

        Span<long> counters = stackalloc long[Counters];
        value[..(Counters * sizeof(long))].CopyTo(MemoryMarshal.AsBytes(counters));
        return new NetworkStatistics(
            RxBytes: counters[2],
            RxPackets: counters[0],
            RxErrors: counters[4],
            RxDropped: counters[6],
            TxBytes: counters[3],
            TxPackets: counters[1],
            TxErrors: counters[5],
            TxDropped: counters[7]);
    }
}
