using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>What stands in front of an entry: long names of GNU, extended headers of POSIX.</summary>
internal static class ExtendedHeaderArchives
{
    private const string None = "has an extended header that is none";
    private const string ForAll = "has a name, a link or a size for all its entries";

    private static readonly byte[] File = Entry("short", content: Bytes("content\n"));
    private static readonly string Long = "long/" + new string('l', 200);

    public static IEnumerable<ArchiveCase> All() => [.. Gnu(), .. Posix(), .. Global()];

    private static IEnumerable<ArchiveCase> Gnu() =>
    [
        new("a long name of GNU", Gzip(Main, Entry("././@LongLink", 'L', Bytes(Long + "\0")), File, End)),
        new("the same without a NUL", Gzip(Main, Entry("././@LongLink", 'L', Bytes(Long)), File, End)),
        new("two long names of GNU", Gzip(Main, Entry("n", 'L', Bytes("first\0")), Entry("n", 'L', Bytes("second\0")), File, End), Unlike: "python takes the first"),
        new("a long target of GNU", Gzip(Main, Entry("n", 'K', Bytes(Long + "\0")), Entry("link", '2'), File, End), Unlike: "bsdtar makes a file"),
        new("a long name of GNU, then one of POSIX", Gzip(Main, Entry("n", 'L', Bytes("gnu\0")), Pax('x', "path=posix"), File, End), Unlike: "bsdtar and python take that of GNU"),
        new("a long name of POSIX, then one of GNU", Gzip(Main, Pax('x', "path=posix"), Entry("n", 'L', Bytes("gnu\0")), File, End), Unlike: "busybox takes that of GNU"),
        new("a long name of GNU for a label", Gzip(Entry("n", 'L', Bytes("gnu\0")), Entry("label", 'V'), Main, End), Unlike: "bsdtar, busybox and python give it to the next entry"),
        new("a long name of GNU for nothing", Gzip(Main, Entry("n", 'L', Bytes("gnu\0")), End), "is cut off"),
        new("a long name of GNU that is a directory", Gzip(Main, Entry("n", 'L', Bytes(Long + "/\0")), Entry("d", '5'), End)),
    ];

    private static IEnumerable<ArchiveCase> Posix() =>
    [
        new("a long name of POSIX", Gzip(Main, Pax('x', "path=" + Long), File, End)),
        new("a name of POSIX that is not UTF-8", Gzip(Main, Pax('x', "path=caf\u00e9"), File, Pax('x', "path=caf\u00e8"), File, End), Unlike: "bsdtar takes it for ISO 8859-1, makes it UTF-8, and fails"),
        new("the same with its character set", Gzip(Main, Pax('x', "hdrcharset=BINARY", "path=caf\u00e9"), File, End)),
        new("a name of POSIX that is a directory", Gzip(Main, Pax('x', "path=dir/"), Entry("d", '5'), End)),
        new("a file that a name of POSIX makes a directory", Gzip(Main, Pax('x', "path=dir/"), Entry("d"), End), Unlike: "busybox and python make a file"),
        new("a name of POSIX with an equals sign", Gzip(Main, Pax('x', "path=a=b"), File, End)),
        new("a name of POSIX with a line end", Gzip(Main, Pax('x', "path=a\nb"), File, End)),
        new("a name of POSIX twice", Gzip(Main, Pax('x', "path=first", "path=second"), File, End)),
        new("a size of POSIX", Gzip(Main, Pax('x', "size=3"), Entry("f", size: "00000000000\0"), Bytes("abc"), new byte[509], End), Unlike: "busybox does not know it"),
        new("times, owners and attributes", Gzip(Main, Pax('x', "mtime=1.5", "atime=-2.25", "uid=4000000", "uname=nobody", "SCHILY.xattr.user.a=\0\u00ff"), File, End)),
        new("a key that nobody knows", Gzip(Main, Pax('x', "VENDOR.thing=1", "comment=hello"), File, End)),
        new("an extended header of Solaris", Gzip(Main, Pax('X', "path=solaris"), File, End), Unlike: "busybox does not know it"),
        new("an extended header of a megabyte", Gzip(Main, Pax('x', "comment=" + new string('c', 900_000)), File, End)),
        new("one that is longer", Gzip(Main, Pax('x', "comment=" + new string('c', 1_100_000)), File, End), "bytes in an extended header"),
        new("one that says so and is not", Gzip(Main, Entry("pax", 'x', size: "77777777777\0"), File, End), "bytes in an extended header"),
        new("two extended headers", Gzip(Main, Pax('x', "path=first"), Pax('x', "mtime=1"), File, End), "has two extended headers for one entry"),
        new("an extended header for nothing", Gzip(Main, Pax('x', "path=first"), End), "is cut off"),
        new("an empty name", Gzip(Main, Pax('x', "path="), File, End), "This is no path below"),
        new("a NUL in a name", Gzip(Main, Pax('x', "path=a\0b"), File, End), None),
        new("a size of POSIX that is no number", Gzip(Main, Pax('x', "size=+8"), File, End), None),
        new("a record that is too long", Gzip(Main, Entry("pax", 'x', Bytes("99 path=a\n")), File, End), None),
        new("a record that is too short", Gzip(Main, Entry("pax", 'x', Bytes("5 path=a\n")), File, End), None),
        new("a record without a key", Gzip(Main, Entry("pax", 'x', Bytes("5 =a\n")), File, End), None),
        new("a record without a value", Gzip(Main, Entry("pax", 'x', Bytes("7 path\n")), File, End), None),
        new("records that are none", Gzip(Main, Entry("pax", 'x', Bytes("nonsense")), File, End), None),
        new("an extended header of nothing", Gzip(Main, Entry("pax", 'x'), File, End)),
    ];

    private static IEnumerable<ArchiveCase> Global() =>
    [
        new("a commit in a global header", Gzip(Pax('g', "comment=0123456789abcdef"), Main, File, End)),
        new("times in a global header", Gzip(Pax('g', "mtime=1.5", "uname=nobody"), Main, File, End)),
        new("two global headers", Gzip(Pax('g', "comment=1"), Main, Pax('g', "comment=2"), File, End)),
        new("a label in a global header", Gzip(Pax('g', "GNU.volume.label=label"), Main, End)),
        new("a global header for nothing", Gzip(Main, Pax('g', "comment=1"), End), Unlike: "python fails"),
        new("a name for all entries", Gzip(Main, Pax('g', "path=all"), File, End), ForAll),
        new("a size for all entries", Gzip(Main, Pax('g', "size=8"), File, End), ForAll),
    ];
}
