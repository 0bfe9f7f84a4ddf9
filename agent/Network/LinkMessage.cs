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
    // struct ifinfomsg.
    private const int FixedBytes = 16;

    private const int IFLA_ADDRESS = 1;
    private const int IFLA_IFNAME = 3;
    private const int IFLA_MTU = 4;
    private const int IFLA_OPERSTATE = 16;
    private const int IFLA_STATS64 = 23;

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

        var link = new LinkMessage(
            MemoryMarshal.Read<int>(payload[4..]), "", "", States[0], 0, MemoryMarshal.Read<uint>(payload[8..]), null);
        NetlinkAttributes attributes = new(payload[FixedBytes..]);
        while (attributes.MoveNext())
        {
            link = attributes.Type switch
            {
                IFLA_IFNAME => link with { Name = attributes.Text },
                IFLA_ADDRESS => link with { MacAddress = HardwareAddress(attributes.Value) },
                IFLA_MTU => link with { Mtu = attributes.Number },
                IFLA_OPERSTATE => link with { State = StateName(attributes.Value) },
                IFLA_STATS64 => link with { Statistics = ReadStatistics(attributes.Value) },
                _ => link,
            };
        }

        return link.Name.Length > 0 ? link : null;
    }

    /// <summary>The names of the flags that are set.</summary>
    public IReadOnlyList<string> FlagWords() => BitNames.Of(Flags, FlagNames);

    private static string HardwareAddress(ReadOnlySpan<byte> bytes)
    {
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
