using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Linux.Files;

namespace GuestAgent.Network;

/// <summary>resolv.conf(5).</summary>
internal static class ResolverFile
{
    private const int LargestBytes = 64 * 1024;
    private const int MostEntries = 64;

    /// <summary>Reads it; null where there is none.</summary>
    public static ResolverSettings? Read() =>
        SmallFile.TryRead("/etc/resolv.conf", LargestBytes) is { } bytes ? Parse(bytes.Span) : null;

    /// <summary>Takes the text apart; of several search lists the last one counts.</summary>
    public static ResolverSettings Parse(ReadOnlySpan<byte> text)
    {
        List<string> servers = [];
        List<string> search = [];
        foreach (Range range in text.Split((byte)'\n'))
        {
            FieldReader fields = new(text[range].TrimEnd((byte)'\r'));
            ReadOnlySpan<byte> key = fields.Next();
            if (key.SequenceEqual("nameserver"u8) && servers.Count < MostEntries)
            {
                servers.AddRange(Rest(fields, most: 1));
            }
            else if (key.SequenceEqual("search"u8) || key.SequenceEqual("domain"u8))
            {
                search = Rest(fields, MostEntries);
            }
        }

        return new ResolverSettings(servers, search);
    }

    private static List<string> Rest(FieldReader fields, int most)
    {
        List<string> values = [];
        while (values.Count < most && fields.Next() is { IsEmpty: false } value)
        {
            values.Add(Encoding.UTF8.GetString(value));
        }

        return values;
    }
}
