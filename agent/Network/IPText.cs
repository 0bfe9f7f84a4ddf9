using System.Globalization;
using System.Net;
using GuestAgent.Linux;

namespace GuestAgent.Network;

/// <summary>Writes addresses the way that people and programs read them.</summary>
internal static class IPText
{
    /// <summary><c>ipv4</c> or <c>ipv6</c>; null for another family.</summary>
    public static string? Family(byte family) => family switch
    {
        LibC.AF_INET => "ipv4",
        LibC.AF_INET6 => "ipv6",
        _ => null,
    };

    /// <summary>The text of 4 or 16 bytes; null for another number of them.</summary>
    public static string? Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length is 4 or 16 ? new IPAddress(bytes).ToString() : null;

    /// <summary><c>address/prefix length</c>.</summary>
    public static string Network(string address, int prefixLength) =>
        string.Create(CultureInfo.InvariantCulture, $"{address}/{prefixLength}");
}
