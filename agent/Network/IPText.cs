using System.Globalization;
using System.Text;
using GuestAgent.Linux.Native;

namespace GuestAgent.Network;

/// <summary>Writes addresses the way that people and programs read them.</summary>
internal static class IPText
{
    // INET6_ADDRSTRLEN.
    private const int LongestText = 46;

    /// <summary><c>ipv4</c> or <c>ipv6</c>; null for another family.</summary>
    public static string? Family(byte family) =>
        family == LibC.AF_INET ? "ipv4"
        : family == LibC.AF_INET6 ? "ipv6"
        : null;

    /// <summary>
    /// The text of 4 or 16 bytes, as RFC 5952 has it and ip(8) prints it; null for another number of them.
    /// </summary>
    public static unsafe string? Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (4 or 16))
        {
            return null;
        }

        Span<byte> text = stackalloc byte[LongestText];
        // SAFETY: the C library reads 4 or 16 bytes and writes at most as many as the last argument says.
        fixed (byte* source = bytes, target = text)
        {
            _ = NativeMethods.inet_ntop(bytes.Length == 4 ? LibC.AF_INET : LibC.AF_INET6, source, target, LongestText);
        }

        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    /// <summary><c>address/prefix length</c>.</summary>
    public static string Network(string address, int prefixLength) =>
        string.Create(CultureInfo.InvariantCulture, $"{address}/{prefixLength}");
}
