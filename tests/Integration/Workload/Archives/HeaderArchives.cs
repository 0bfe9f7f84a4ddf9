using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>Headers of all kinds, and ends of archives.</summary>
internal static class HeaderArchives
{
    private const string Cut = "is cut off";
    private const string None = "has a header that is none";
    private const string Other = "is no file, directory or link";

    private static readonly byte[] Late = Entry("late", content: Bytes("late\n"));
    private static readonly byte[] Full = Entry("full", content: new byte[600]);

    public static IEnumerable<ArchiveCase> All() => [.. Ends(), .. Numbers(), .. Types()];

    private static IEnumerable<ArchiveCase> Ends() =>
    [
        new("no block at the end", Gzip(Main, Late)),
        new("one block at the end", Gzip(Main, Late, End[..512])),
        new("entries behind one block of zeros", Gzip(Main, End[..512], Late, End), Unlike: "busybox reads on"),
        new("entries behind the end", Gzip(Main, End, Late, End)),
        new("text behind the end", Gzip(Main, End, Bytes("text"))),
        new("cut in a header", Gzip(Main, Late[..300]), Cut),
        new("cut in content", Gzip(Main, Full[..800]), Cut),
        new("cut in padding", Gzip(Main, Full[..1112]), Cut),
        new("cut behind content", Gzip(Main, Full[..1024]), Cut),
        new("text in the place of a header", Gzip(Main, Bytes(new string('x', 512)), Late, End), None),
    ];

    private static IEnumerable<ArchiveCase> Numbers() =>
    [
        new("another checksum", Gzip(Main, Late[..150], [(byte)'7'], Late[151..], End), None),
        new("a checksum of signed bytes", Gzip(Main, Signed(Entry("caf\u00e9")), End), Unlike: "busybox refuses it"),
        new("blanks before numbers", Gzip(Main, Number(124, "          1 "), "x"u8.ToArray(), new byte[511], End)),
        new("numbers that end with a blank", Gzip(Main, Number(124, "00000000001 "), "x"u8.ToArray(), new byte[511], End)),
        new("a number in base 256", Gzip(Main, Number(124, "\u0080\0\0\0\0\0\0\0\0\0\0\u0001"), "x"u8.ToArray(), new byte[511], End)),
        new("a negative number in base 256", Gzip(Main, Number(124, new string('\u00ff', 12)), End), None),
        new("a size that is no number", Gzip(Main, Number(124, "0000000000x\0"), End), None),
        new("a blank size", Gzip(Main, Number(124, "            "), End), None),
        new("a size of NULs", Gzip(Main, Number(124, new string('\0', 12)), End)),
        new("a mode that is no number", Gzip(Main, Number(100, "rwxr-xr-"), End), None),
        new("a mode of NULs", Gzip(Main, Number(100, new string('\0', 8)), End)),
        new("a mode in base 256", Gzip(Main, Number(100, "\u0080\0\0\0\0\0\u0001\u00ed"), End)),
        new("an owner in base 256", Gzip(Main, Number(108, "\u0080\0\0\0\0\u00ff\u00ff\u00ff"), End)),
        new("a time before the epoch", Gzip(Main, Number(136, new string('\u00ff', 12)), End)),
        new("larger than the bytes that it may have", Gzip(Main, Number(124, "77777777777\0"), End), "more than"),
    ];

    private static IEnumerable<ArchiveCase> Types() =>
    [
        new("a file of the oldest form", Gzip(Main, Entry("old", '\0', Bytes("old\n"), magic: new string('\0', 8)), End), Unlike: "busybox needs a magic"),
        new("a directory of the oldest form", Gzip(Main, Entry("old/", '\0', magic: new string('\0', 8)), End), Unlike: "busybox needs a magic"),
        new("a directory by its slash alone", Gzip(Main, Entry("dir/"), Entry("dir/f"), End), Unlike: "busybox and python make a file"),
        new("a contiguous file", Gzip(Main, Entry("file", '7', Bytes("content\n")), End)),
        new("a directory without a slash", Gzip(Main, Entry("dir", '5'), End)),
        new("a directory with a size", Gzip(Main, Entry("dir", '5', size: "00000001000\0"), Late, End)),
        new("a directory with content", Gzip(Main, Entry("dir", '5', Bytes("content\n")), Late, End), None),
        new("a list of a directory's files", Gzip(Main, Entry("dir", 'D', Bytes("Yfile\0\0")), Late, End), Unlike: "busybox does not know it, python makes a file"),
        new("a symbolic link with a size", Gzip(Main, Link("link", '2', "main", size: "00000000004\0"), Late, End)),
        new("a hard link with a size", Gzip(Main, Link("link", '1', "main", size: "00000000004\0"), Late, End)),
        new("a device", Gzip(Main, Entry("node", '3'), End), Other),
        new("a block device", Gzip(Main, Entry("node", '4'), End), Other),
        new("a pipe", Gzip(Main, Entry("node", '6'), End), Other),
        new("a letter that nobody knows", Gzip(Main, Entry("some", 'Z', Bytes("content\n")), End), Other),
        new("an access list of Solaris", Gzip(Main, Entry("some", 'A', Bytes("content\n")), Late, End), Other),
        new("the rest of a file of another volume", Gzip(Main, Entry("rest", 'M', Bytes("content\n")), End), Other),
        new("long names of the first GNU tar", Gzip(Main, Entry("names", 'N', Bytes("Rename a to b\n")), Late, End), Other),
        new("a volume label", Gzip(Entry("label", 'V'), Main, End), Unlike: "python makes a file"),
        new("a volume label with content", Gzip(Entry("label", 'V', Bytes("content\n")), Main, End), Unlike: "bsdtar fails, python makes a file"),
        new("a name of a hundred bytes", Gzip(Main, Entry(new string('n', 100), content: Bytes("x")), End)),
        new("a directory in the field for it", Gzip(Main, Entry("file", change: header => header.Put(345, "some/dir")), End)),
        new("that field of a hundred and fifty-five", Gzip(Main, Entry("file", change: header => header.Put(345, new string('p', 155))), End)),
        new("times in that field in the form of GNU", Gzip(Main, Entry("file", magic: "ustar  \0", change: header => header.Put(345, "00000000001")), End), Unlike: "busybox and python take them for a directory"),
        new("that field without a magic", Gzip(Main, Entry("file", magic: new string('\0', 8), change: header => header.Put(345, "dir")), End), Unlike: "busybox needs a magic, python takes the field"),
    ];

    private static byte[] Number(int at, string number) => Entry("file", change: header => header.Put(at, number));

    private static byte[] Signed(byte[] header)
    {
        int negative = header.Count(value => value > 127);
        header.Put(148, Octal(Checksum(header) - (256 * negative), 6) + "\0 ");
        return header;
    }
}
