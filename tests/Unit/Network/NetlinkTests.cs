using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Network;
using Xunit;

namespace GuestAgent.Tests.Unit.Network;

public sealed class NetlinkTests
{
    private static readonly Dictionary<int, string> Names = new() { [2] = "eth0", [3] = "eth1" };

    [Fact]
    public void Any_bytes_give_messages_and_no_exception()
    {
        var random = new Random(20260102);
        for (int round = 0; round < 20000; round++)
        {
            byte[] bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (round % 2 == 0 && bytes.Length > 16)
            {
                // Lengths that nearly fit lead further in.
                bytes[0] = (byte)random.Next(bytes.Length + 4);
                bytes[1] = bytes[2] = bytes[3] = 0;
                bytes[16] = (byte)random.Next(12);
                bytes[^1] = 0;
            }

            List<NetworkRoute> routes = [];
            NetlinkMessages messages = new(bytes);
            while (messages.MoveNext())
            {
                LinkMessage.TryParse(messages.Payload);
                AddressMessage.TryParse(messages.Payload);
                RouteMessage.Parse(messages.Payload, Names, routes);
            }

            bytes[..Math.Min(1, bytes.Length)].AsSpan().Fill(2);
            LinkMessage.TryParse(bytes);
            AddressMessage.TryParse(bytes);
            RouteMessage.Parse(bytes, Names, routes);
        }
    }

    [Fact]
    public void A_message_that_says_it_is_longer_than_the_datagram_ends_the_walk()
    {
        byte[] datagram = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(datagram, 24);
        Assert.False(new NetlinkMessages(datagram).MoveNext());
        BinaryPrimitives.WriteUInt32LittleEndian(datagram, 0);
        Assert.False(new NetlinkMessages(datagram).MoveNext());
        BinaryPrimitives.WriteUInt32LittleEndian(datagram, uint.MaxValue);
        Assert.False(new NetlinkMessages(datagram).MoveNext());
    }

    [Fact]
    public void A_route_over_two_gateways_has_two_rows()
    {
        byte[] hops = [.. Hop(2, [192, 0, 2, 1]), .. Hop(3, [198, 51, 100, 1])];
        byte[] message = [.. Route(2, 8, 254, 1), .. Attribute(1, [10, 0, 0, 0]), .. Attribute(6, [100, 0, 0, 0]), .. Attribute(9, hops)];
        Assert.Equal(
            [
                new NetworkRoute("10.0.0.0/8", "192.0.2.1", "eth0", 100, "ipv4", "unicast"),
                new NetworkRoute("10.0.0.0/8", "198.51.100.1", "eth1", 100, "ipv4", "unicast"),
            ],
            Parse(message));
    }

    [Fact]
    public void A_default_route_a_blackhole_and_a_gateway_of_the_other_family_are_told()
    {
        byte[] via = [10, 0, .. new byte[15], 1];
        Assert.Equal(
            [new NetworkRoute("0.0.0.0/0", "::1", "eth0", null, "ipv4", "unicast")],
            Parse([.. Route(2, 0, 254, 1), .. Attribute(4, [2, 0, 0, 0]), .. Attribute(18, via)]));
        Assert.Equal(
            [new NetworkRoute("::/0", null, null, null, "ipv6", "blackhole")], Parse(Route(10, 0, 254, 6)));
        Assert.Equal(
            [new NetworkRoute("0.0.0.0/0", null, "9", null, "ipv4", "200")],
            Parse([.. Route(2, 0, 254, 200), .. Attribute(4, [9, 0, 0, 0])]));
    }

    [Fact]
    public void Other_tables_and_other_families_are_left_out()
    {
        Assert.Empty(Parse(Route(2, 0, 255, 2)));
        Assert.Empty(Parse([.. Route(2, 0, 254, 1), .. Attribute(15, [232, 3, 0, 0])]));
        Assert.Empty(Parse(Route(7, 0, 254, 1)));
    }

    [Fact]
    public void What_the_kernel_has_learnt_of_one_destination_is_no_route()
    {
        byte[] learnt = [.. Route(2, 32, 254, 1), .. Attribute(1, [198, 51, 100, 9]), .. Attribute(4, [2, 0, 0, 0])];
        Assert.Single(Parse(learnt));
        learnt[9] = 2;
        Assert.Empty(Parse(learnt));
    }

    [Fact]
    public void Of_a_point_to_point_link_the_own_address_is_told()
    {
        byte[] message =
            [2, 32, 0, 0, 5, 0, 0, 0, .. Attribute(1, [10, 9, 0, 2]), .. Attribute(2, [10, 9, 0, 1]), .. Attribute(8, [0x80, 0, 0, 0])];
        AddressMessage address = AddressMessage.TryParse(message)!;
        Assert.Equal(
            (5, "10.9.0.1", 32, "ipv4", "global"),
            (address.Index, address.Address.Address, address.Address.PrefixLength, address.Address.Family, address.Address.Scope));
        Assert.Equal(["permanent"], address.Address.Flags);
    }

    [Fact]
    public void A_link_without_hardware_address_and_counters_is_told()
    {
        LinkMessage link = LinkMessage.TryParse(
            [0, 0, 0xFE, 0xFF, 7, 0, 0, 0, 0x51, 0, 1, 0, 0, 0, 0, 0, .. Attribute(3, Encoding.ASCII.GetBytes("tun0\0")), .. Attribute(16, [77])])!;
        Assert.Equal((7, "tun0", "", "unknown", null), (link.Index, link.Name, link.MacAddress, link.State, link.Statistics));
        Assert.Equal(["up", "pointopoint", "running", "lower_up"], link.FlagWords());
        Assert.Null(LinkMessage.TryParse(new byte[16]));
    }

    [Fact]
    public void This_machine_has_the_interfaces_that_proc_tells()
    {
        NetworkInfo network = NetworkReader.Read();
        // The test's own traffic and other tests change counters, so names and facts that stay are compared.
        string[] known = [.. File.ReadLines("/proc/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim())];
        Assert.Equal(known.Order(StringComparer.Ordinal), network.Interfaces.Select(i => i.Name).Order(StringComparer.Ordinal));
        NetworkInterface loopback = network.Interfaces.Single(i => i.Name == "lo");
        Assert.Contains("loopback", loopback.Flags);
        Assert.Equal("00:00:00:00:00:00", loopback.MacAddress);
        Assert.Contains("127.0.0.1/8", loopback.Ipv4Addresses);
        Assert.NotNull(loopback.Statistics);
        foreach (NetworkInterface one in network.Interfaces.Where(i => Directory.Exists("/sys/class/net/" + i.Name)))
        {
            string folder = "/sys/class/net/" + one.Name;
            Assert.Equal(File.ReadAllText(folder + "/mtu").Trim(), one.Mtu.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(File.ReadAllText(folder + "/address").Trim(), one.MacAddress);
            Assert.Equal(File.ReadAllText(folder + "/operstate").Trim(), one.State);
            Assert.Equal(File.ReadAllText(folder + "/ifindex").Trim(), one.Index.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static List<NetworkRoute> Parse(byte[] message)
    {
        List<NetworkRoute> routes = [];
        RouteMessage.Parse(message, Names, routes);
        return routes;
    }

    private static byte[] Route(byte family, byte prefix, byte table, byte kind) =>
        [family, prefix, 0, 0, table, 3, 0, kind, 0, 0, 0, 0];

    private static byte[] Hop(byte index, byte[] gateway)
    {
        byte[] rest = [0, 0, index, 0, 0, 0, .. Attribute(5, gateway)];
        return [(byte)(rest.Length + 2), 0, .. rest];
    }

    private static byte[] Attribute(byte type, byte[] value) =>
        [(byte)(value.Length + 4), 0, type, 0, .. value, .. new byte[(4 - (value.Length % 4)) % 4]];
}
