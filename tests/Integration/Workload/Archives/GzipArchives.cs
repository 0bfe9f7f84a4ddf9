using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>One small archive in all forms of gzip files, RFC 1952, and such as are none.</summary>
internal static class GzipArchives
{
    private static readonly byte[] Second = Entry("second.txt", content: Bytes("second\n"));
    private static readonly byte[] Whole = Gzip(Main, Second, End);
    private static readonly byte[] Empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static IEnumerable<ArchiveCase> All() =>
    [
        new("two members, cut between the entries", [.. Gzip(Main), .. Gzip(Second, End)]),
        new("two members, cut inside of a header", [.. Gzip(Main, Second[..100]), .. Gzip(Second[100..], End)]),
        new("two members, cut inside of content", [.. Gzip(Main, Second[..515]), .. Gzip(Second[515..], End)]),
        new("a member for each block", [.. Blocks([.. Main, .. Second, .. End])]),
        new("an empty member in the middle", [.. Gzip(Main), .. Empty, .. Gzip(Second, End)]),
        new("an empty member at the end", [.. Whole, .. Empty]),
        new("two archives, one behind the other", [.. Gzip(Main, End), .. Gzip(Second, End)]),
        new("one zero behind the member", [.. Whole, 0]),
        new("a tape's block of zeros behind the member", [.. Whole, .. new byte[10240]]),
        new("text behind the member", [.. Whole, .. Bytes("text")], "is not gzip, or damaged"),
        new("the beginning of a header behind the member", [.. Whole, 0x1F], "is not gzip, or damaged"),
        new("a damaged second member", [.. Whole, .. Empty[..12], 1, .. Empty[13..]], "is not gzip, or damaged"),
        new("a member behind zeros", [.. Gzip(Main), 0, 0, .. Gzip(Second, End)], "is not gzip, or damaged"),
        new("a member behind text", [.. Gzip(Main), 1, .. Gzip(Second, End)], "is not gzip, or damaged"),
        new("cut in the middle", Whole[..(Whole.Length / 2)], "is not gzip, or damaged"),
        new("without its checksum and length", Whole[..^8], "is not gzip, or damaged"),
        new("without the last byte of its length", Whole[..^1], "is not gzip, or damaged"),
        new("cut in the second member", [.. Whole, .. Empty[..^1]], "is not gzip, or damaged"),
        new("another checksum behind a member", Changed(Whole.Length - 6), "is not gzip, or damaged"),
        new("another length behind a member", Changed(Whole.Length - 2), "is not gzip, or damaged"),
        new("another magic", Changed(1), "is not gzip, or damaged"),
        new("another method", Changed(2), "is not gzip, or damaged"),
        new("a flag that nobody knows", [.. Whole[..3], 0x20, .. Whole[4..]], "is not gzip, or damaged"),
        new("not compressed", [.. Main, .. Second, .. End], "is not gzip, or damaged"),
        new("a name and a comment", [.. Whole[..3], 8 | 16, .. Whole[4..10], .. Bytes("n\0c\0"), .. Whole[10..]]),
        new("an extra field", [.. Whole[..3], 4, .. Whole[4..10], 3, 0, 1, 2, 3, .. Whole[10..]]),
        new("the flag of text", [.. Whole[..3], 1, .. Whole[4..]]),
        new("an archive of nothing", Empty, "is cut off"),
    ];

    private static IEnumerable<byte> Blocks(byte[] archive) => archive.Chunk(512).SelectMany(block => Gzip(block));

    private static byte[] Changed(int at)
    {
        byte[] changed = [.. Whole];
        changed[at] ^= 1;
        return changed;
    }
}
