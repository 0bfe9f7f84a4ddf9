using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Network;
using GuestAgent.Tests.Testing;
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

    [Theory]
    [InlineData(768, new byte[] { 10, 9, 0, 1 }, "")] // ipip
    [InlineData(776, new byte[] { 10, 9, 0, 1 }, "")] // sit
    [InlineData(778, new byte[] { 10, 9, 0, 1 }, "")] // gre
    [InlineData(769, new byte[] { 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, "")] // ip6tnl
    [InlineData(823, new byte[] { 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, "")] // ip6gre
    [InlineData(65534, new byte[0], "")] // none: tun, wireguard
    [InlineData(772, new byte[] { 0, 0, 0, 0, 0, 0 }, "")] // loopback
    [InlineData(1, new byte[] { 0, 0, 0, 0, 0, 0 }, "")]
    [InlineData(1, new byte[] { 0x52, 0x54, 0, 0x12, 0x34, 0x56 }, "52:54:00:12:34:56")]
    [InlineData(32, new byte[] { 0x80, 0, 0, 1 }, "80:00:00:01")] // InfiniBand, whose addresses are longer
    public void Only_what_has_a_hardware_address_has_one(int type, byte[] address, string expected) =>
        Assert.Equal(expected, LinkMessage.TryParse(Link(5, type, [.. Attribute(3, "a\0"u8.ToArray()), .. Attribute(1, address)]))!.MacAddress);

    [Fact]
    public void A_vlan_has_its_tag_and_the_interface_that_it_is_made_on_and_is_part_of()
    {
        byte[] info = [.. Attribute(1, "vlan\0"u8.ToArray()), .. Attribute(2, [.. Attribute(1, [0xFF, 0x0F])])];
        LinkMessage link = LinkMessage.TryParse(Link(
            5, 1, [.. Attribute(3, "v\0"u8.ToArray()), .. Attribute(5, [2, 0, 0, 0]), .. Attribute(10, [3, 0, 0, 0]), .. Attribute(18, info)]))!;
        Assert.Equal(("vlan", 4095, 2, 3), (link.Kind, link.VlanId, link.ParentIndex, link.MasterIndex));
    }

    [Fact]
    public void The_other_half_of_a_pair_in_another_network_is_none_of_this_one()
    {
        byte[] info = Attribute(1, "veth\0"u8.ToArray());
        LinkMessage link = LinkMessage.TryParse(Link(
            5, 1, [.. Attribute(3, "v\0"u8.ToArray()), .. Attribute(37, [0, 0, 0, 0]), .. Attribute(5, [2, 0, 0, 0]), .. Attribute(18, info)]))!;
        Assert.Equal(("veth", null, 0), (link.Kind, link.VlanId, link.ParentIndex));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", "::")]
    [InlineData("00000000000000000000000000000001", "::1")]
    [InlineData("20010DB8000000000001000000000001", "2001:db8::1:0:0:1")]
    [InlineData("20010DB8000000010001000100010001", "2001:db8:0:1:1:1:1:1")]
    [InlineData("20010DB8000000000000000100000000", "2001:db8::1:0:0")]
    [InlineData("00000000000000000000FFFFC0000201", "::ffff:192.0.2.1")]
    [InlineData("000000000000000000000000C0000201", "::192.0.2.1")]
    [InlineData("FE80000000000000000000005EFEC000", "fe80::5efe:c000")]
    [InlineData("FE8000000000000002005EFEC0000201", "fe80::200:5efe:c000:201")]
    [InlineData("FE8000000000000000005EFEC0000201", "fe80::5efe:c000:201")]
    public void Ipv6_is_written_as_ip_does(string bytes, string text) =>
        Assert.Equal(text, IPText.Address(Convert.FromHexString(bytes)));

    [Fact]
    public void A_card_is_found_by_the_bus_that_carries_it()
    {
        using TemporaryDirectory sys = new();
        Make("devices/pci0000:00/0000:00:03.0/virtio1", "virtio_net", "eth0");
        Make("devices/pci0000:00/0000:00:1d.0/usb1/1-2/1-2:1.0", "cdc_ether", "usb0");
        Make("devices/platform/soc/40a0000.ethernet", "macb", "end0");
        Directory.CreateDirectory(sys["net/lo"]);

        Assert.Equal(
            [
                new InterfaceDevice("virtio_net", "0000:00:03.0"),
                new InterfaceDevice("cdc_ether", "0000:00:1d.0"),
                new InterfaceDevice("macb", "40a0000.ethernet"),
                default,
                default,
            ],
            ((string[])["eth0", "usb0", "end0", "lo", "gone"]).Select(name => InterfaceDevice.Of(sys["net"], name)));

        void Make(string device, string driver, string name)
        {
            Directory.CreateDirectory(sys[device]);
            Directory.CreateDirectory(sys["bus/drivers/" + driver]);
            Directory.CreateDirectory(sys["net/" + name]);
            Directory.CreateSymbolicLink(sys[device + "/driver"], sys["bus/drivers/" + driver]);
            Directory.CreateSymbolicLink(sys[$"net/{name}/device"], sys[device]);
        }
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
        Assert.Equal(("", null, null), (loopback.MacAddress, loopback.Kind, loopback.BusAddress));
        Assert.Contains("127.0.0.1/8", loopback.Ipv4Addresses);
        Assert.NotNull(loopback.Statistics);
        foreach (NetworkInterface one in network.Interfaces.Where(i => Directory.Exists("/sys/class/net/" + i.Name)))
        {
            string folder = "/sys/class/net/" + one.Name;
            Assert.Equal(File.ReadAllText(folder + "/mtu").Trim(), one.Mtu.ToString(CultureInfo.InvariantCulture));
            bool isEthernet = File.ReadAllText(folder + "/type").Trim() == "1";
            Assert.Equal(isEthernet ? File.ReadAllText(folder + "/address").Trim() : "", one.MacAddress);
            Assert.Equal(File.ReadAllText(folder + "/operstate").Trim(), one.State);
            Assert.Equal(File.ReadAllText(folder + "/ifindex").Trim(), one.Index.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static byte[] Link(byte index, int type, byte[] attributes) =>
        [0, 0, (byte)type, (byte)(type >> 8), index, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. attributes];

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
