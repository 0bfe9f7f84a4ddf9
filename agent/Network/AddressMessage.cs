using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Network;

/// <summary>One address, as RTM_NEWADDR tells it.</summary>
/// <param name="Index">Number of its interface.</param>
/// <param name="Address">The address.</param>
internal sealed record AddressMessage(int Index, NetworkAddress Address)
{
    // struct ifaddrmsg.
    private const int FixedBytes = 8;

    private const int IFA_ADDRESS = 1;
    private const int IFA_LOCAL = 2;
    private const int IFA_FLAGS = 8;

    private static readonly string[] CommonFlags =
        ["", "nodad", "optimistic", "dadfailed", "homeaddress", "deprecated", "tentative", "permanent", "managetempaddr",
            "noprefixroute", "mcautojoin", "stable-privacy"];

    // The lowest bit means one thing for each family.
    private static readonly string[] Ipv4Flags = ["secondary", .. CommonFlags[1..]];
    private static readonly string[] Ipv6Flags = ["temporary", .. CommonFlags[1..]];

    /// <summary>Null for what is no address of IP.</summary>
    public static AddressMessage? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < FixedBytes || IPText.Family(payload[0]) is not { } family)
        {
            return null;
        }

        uint flags = payload[2];
        ReadOnlySpan<byte> address = default, local = default;
        NetlinkAttributes attributes = new(payload[FixedBytes..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case IFA_ADDRESS:
                    address = attributes.Value;
                    break;
                case IFA_LOCAL:
                    local = attributes.Value;
                    break;
                case IFA_FLAGS:
                    flags = attributes.Number;
                    break;
                default:
                    break;
            }
        }

        // On a point-to-point link the address is the other side's, and the local one is ours.
        return IPText.Address(local.IsEmpty ? address : local) is { } text
            ? new AddressMessage(
                MemoryMarshal.Read<int>(payload[4..]),
                new NetworkAddress(
                    text, payload[1], family, Scope(payload[3]), BitNames.Of(flags, family == "ipv4" ? Ipv4Flags : Ipv6Flags)))
            : null;
    }

    private static string Scope(byte scope) => scope switch
    {
        0 => "global",
        200 => "site",
        253 => "link",
        254 => "host",
        255 => "nowhere",
        _ => scope.ToString(CultureInfo.InvariantCulture),
    };
}
