namespace GuestAgent.Contracts.Info;

/// <summary>One network interface.</summary>
/// <param name="Name">Its name, such as <c>eth0</c>.</param>
/// <param name="Index">Its number, which outlives a change of the name.</param>
/// <param name="MacAddress">Hardware address in hexadecimal with colons; empty where the interface or its kind has none, as tunnels of IP.</param>
/// <param name="Ipv4Addresses">IPv4 addresses as <c>address/prefix length</c>.</param>
/// <param name="Ipv6Addresses">IPv6 addresses likewise.</param>
/// <param name="State">
/// Operational state: <c>up</c>, <c>down</c>, <c>dormant</c>, <c>testing</c>, <c>lowerlayerdown</c>, <c>notpresent</c>, or
/// <c>unknown</c> where the driver does not tell, as for the loopback.
/// </param>
/// <param name="Mtu">Largest packet in bytes.</param>
/// <param name="Flags">What netdevice(7) calls flags, in lower case without IFF: <c>up</c>, <c>running</c>, <c>lower_up</c>, ….</param>
/// <param name="Addresses">All addresses with what the kernel knows of them.</param>
/// <param name="Statistics">Counters since the interface was made; null where the kernel keeps none.</param>
/// <param name="Kind">
/// What made it, in ip-link(8)'s words: <c>vlan</c>, <c>bridge</c>, <c>bond</c>, <c>veth</c>, <c>wireguard</c>, <c>tun</c>, …; null for
/// a device and for the loopback.
/// </param>
/// <param name="Master">Name of the bridge, bond or the like that it is part of; null for none.</param>
/// <param name="Parent">Name of the interface that it is made on, or of the other half of a pair; null for none in this guest.</param>
/// <param name="VlanId">Tag of a VLAN's interface, 0 to 4094; null for all else.</param>
/// <param name="Driver">Name of its device's driver, such as <c>virtio_net</c>; null where there is no device.</param>
/// <param name="BusAddress">Where its device is, such as <c>0000:01:00.0</c> on a PCI bus; null where there is none.</param>
public sealed record NetworkInterface(
    string Name,
    int Index,
    string MacAddress,
    IReadOnlyList<string> Ipv4Addresses,
    IReadOnlyList<string> Ipv6Addresses,
    string State,
    long Mtu,
    IReadOnlyList<string> Flags,
    IReadOnlyList<NetworkAddress> Addresses,
    NetworkStatistics? Statistics,
    string? Kind = null,
    string? Master = null,
    string? Parent = null,
    int? VlanId = null,
    string? Driver = null,
    string? BusAddress = null);

/// <summary>One address of an interface.</summary>
/// <param name="Address">The address alone.</param>
/// <param name="PrefixLength">Bits of the network part, 0 to 128.</param>
/// <param name="Family"><c>ipv4</c> or <c>ipv6</c>.</param>
/// <param name="Scope"><c>global</c>, <c>site</c>, <c>link</c>, <c>host</c>, <c>nowhere</c>, or a number of the guest's own.</param>
/// <param name="Flags">Such as <c>temporary</c>, <c>tentative</c>, <c>deprecated</c>, <c>dadfailed</c>, <c>secondary</c>, <c>permanent</c>.</param>
public sealed record NetworkAddress(
    string Address, int PrefixLength, string Family, string Scope, IReadOnlyList<string> Flags);

/// <summary>Counters of an interface, 64 bits each.</summary>
/// <param name="RxBytes">Bytes received.</param>
/// <param name="RxPackets">Packets received.</param>
/// <param name="RxErrors">Packets received broken.</param>
/// <param name="RxDropped">Packets received and dropped.</param>
/// <param name="TxBytes">Bytes sent.</param>
/// <param name="TxPackets">Packets sent.</param>
/// <param name="TxErrors">Packets that could not be sent.</param>
/// <param name="TxDropped">Packets dropped instead of sent.</param>
public sealed record NetworkStatistics(
    long RxBytes,
    long RxPackets,
    long RxErrors,
    long RxDropped,
    long TxBytes,
    long TxPackets,
    long TxErrors,
    long TxDropped);
