using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>Sparse files whose maps are as they should not be. Those of tar programs are in <see cref="ToolArchives"/>.</summary>
internal static class SparseArchives
{
    private const string NoParts = "has a sparse file whose parts make none";
    private const string NoneKnown = "busybox knows no sparse files";
    private const string Unknown = "has a sparse file of an unknown kind";

    private static readonly byte[] Content = Bytes(new string('a', 512) + new string('b', 512));

    public static IEnumerable<ArchiveCase> All() =>
    [
        new("a sparse file, 0.0", Zero(
            3,
            "GNU.sparse.offset=512",
            "GNU.sparse.numbytes=512",
            "GNU.sparse.offset=2048",
            "GNU.sparse.numbytes=512",
            "GNU.sparse.offset=4096",
            "GNU.sparse.numbytes=0"),
            Unlike: NoneKnown),
        new("a sparse file, 0.1", Zero(3, "GNU.sparse.map=512,512,2048,512,4096,0", "GNU.sparse.name=real"), Unlike: NoneKnown),
        new("a sparse file, 1.0", One("3\n512\n512\n2048\n512\n4096\n0\n"), Unlike: NoneKnown),
        new("no part at the end of the file, 1.0", One("2\n512\n512\n2048\n512\n"), NoParts),
        new("a sparse file of GNU's own form", Old(4096, (512, 512), (2048, 512), (4096, 0)), Unlike: NoneKnown),
        new("no part at the end of the file, GNU's own", Old(4096, (512, 512), (2048, 512)), NoParts),
        new("parts of another number", Zero(2, "GNU.sparse.map=512,512,2048,512,4096,0"), Unknown),
        new("parts that overlap, 0.1", Zero(2, "GNU.sparse.map=512,512,768,512"), NoParts),
        new("parts that overlap, 1.0", One("2\n512\n512\n768\n512\n"), NoParts),
        new("parts that overlap, GNU's own", Old(4096, (512, 512), (768, 512)), NoParts),
        new("parts in another order", One("2\n2048\n512\n512\n512\n"), NoParts),
        new("a part behind the end of the file", One("2\n512\n512\n3800\n512\n"), NoParts),
        new("a part that ends behind all numbers", One("2\n512\n512\n9223372036854775000\n512\n"), NoParts),
        new("parts of less than there is", One("1\n512\n512\n"), NoParts),
        new("parts of more than there is", One("2\n512\n512\n2048\n1024\n"), NoParts),
        new("a part that ends inside of a block before another", One("2\n512\n500\n2048\n524\n"), NoParts),
        new("half a part", Zero(2, "GNU.sparse.map=512,512,2048"), Unknown),
        new("a map of nothing", Zero(0, "GNU.sparse.map="), "has an extended header that is none"),
        new("lengths before offsets", Zero(1, "GNU.sparse.numbytes=512", "GNU.sparse.offset=512"), Unknown),
        new("a version that nobody knows", One("3\n512\n512\n2048\n512\n4096\n0\n", major: 2), Unknown),
        new("no length of the file", Gzip(Main, Pax('x', "GNU.sparse.numblocks=3", "GNU.sparse.map=512,512,2048,512,4096,0"), Entry("f", content: Content), End), Unknown),
        new("a map that is text", One("two\n"), "has a sparse file without a map"),
        new("a map without an end", One(new string('1', 512)), "has a sparse file without a map"),
        new("a map longer than the content", One("9999\n"), "has a sparse file without a map"),
        new("a sparse file of star", Gzip(Main, Pax('x', "SCHILY.realsize=4096"), Entry("f", content: Content), End), Unknown),
        new("a sparse directory", Gzip(Main, Pax('x', "GNU.sparse.map=0,0", "GNU.sparse.size=4096"), Entry("d", '5'), End), Unknown),
        new("a sparse file in the form of POSIX", Gzip(Main, Entry("s", 'S', Content), End), "is no file, directory or link"),
        new("a sparse file larger than it may be", One("2\n0\n1024\n1099511627776\n0\n", size: 1L << 40), "more than"),
    ];

    private static byte[] Zero(int parts, params string[] records) => Gzip(
        Main,
        Pax('x', ["GNU.sparse.size=4096", $"GNU.sparse.numblocks={parts}", .. records]),
        Entry("real", content: Content),
        End);

    private static byte[] One(string map, int major = 1, long size = 4096) => Gzip(
        Main,
        Pax('x', $"GNU.sparse.major={major}", "GNU.sparse.minor=0", "GNU.sparse.name=real", $"GNU.sparse.realsize={size}"),
        Entry("GNUSparseFile.1/real", content: [.. Bytes(map.PadRight(512, '\0')), .. Content]),
        End);

    private static byte[] Old(long size, params (long Offset, long Length)[] parts) => Gzip(
        Main,
        Entry("real", 'S', Content, magic: "ustar  \0", change: header =>
        {
            for (int i = 0; i < parts.Length; i++)
            {
                header.Put(386 + (24 * i), Octal(parts[i].Offset, 11));
                header.Put(398 + (24 * i), Octal(parts[i].Length, 11));
            }

            header.Put(483, Octal(size, 11));
        }),
        End);
}
