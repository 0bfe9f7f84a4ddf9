using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>Names that lead somewhere, or stand for more than one thing.</summary>
internal static class PathArchives
{
    private const string Inside = "This is no path below the program's directory";
    private const string Both = "as a file and as a directory";

    public static IEnumerable<ArchiveCase> All() =>
    [
        new("dots and double slashes", Gzip(Main, Entry("./", '5'), Entry("./a//b/./c", content: Bytes("c")), End)),
        new("names that differ in one byte of ISO 8859-1", Gzip(Main, Entry("caf\u00e9", content: Bytes("1")), Entry("caf\u00e8", content: Bytes("2")), End)),
        new("a directory whose name is not UTF-8", Gzip(Main, Entry("\u00ff\u00fe/", '5'), Entry("\u00ff\u00fe/f", content: Bytes("1")), End)),
        new("a name of UTF-8", Gzip(Main, Entry("caf\u00c3\u00a9", content: Bytes("1")), End)),
        new("one letter in two forms of UTF-8", Gzip(Main, Entry("caf\u00c3\u00a9", content: Bytes("1")), Entry("cafe\u00cc\u0081", content: Bytes("2")), End)),
        new("a name with a line end and a backslash", Gzip(Main, Entry("a\nb\\c", content: Bytes("1")), End)),
        new("names that differ in case", Gzip(Main, Entry("A", content: Bytes("1")), Entry("a", content: Bytes("2")), End)),
        new("a name twice", Gzip(Main, Entry("a", content: Bytes("first, longer")), Entry("a", content: Bytes("second")), End)),
        new("a directory twice", Gzip(Main, Entry("a/", '5'), Entry("a/f"), Entry("a/", '5'), End)),
        new("a file in a directory that comes later", Gzip(Main, Entry("a/b/f"), Entry("a/b/", '5'), Entry("a/", '5'), End)),
        new("a file in the place of a directory", Gzip(Main, Entry("a/f"), Entry("a"), End), Both),
        new("a directory in the place of a file", Gzip(Main, Entry("a"), Entry("a/", '5'), End), Both),
        new("a file below a file", Gzip(Main, Entry("a"), Entry("a/f"), End), Both),
        new("a name without a name", Gzip(Main, Entry(""), End), Inside),
        new("a file that is the directory itself", Gzip(Main, Entry("."), End), "is no file, directory or link"),
        new("a way out", Gzip(Main, Entry("../ga-escaped"), End), Inside),
        new("a way out and in again", Gzip(Main, Entry("a/../b"), End), Inside),
        new("a path from the root", Gzip(Main, Entry("/tmp/ga-escaped/f"), End), Inside),
        new("a file whose name ends in a dot", Gzip(Main, Entry("a/."), End), "which is a directory's name, as something else"),
        new("a directory whose name ends in a dot", Gzip(Main, Entry("a/.", '5'), End)),
        new("a name of 255 bytes", Gzip(Main, Pax('x', "path=" + new string('n', 255)), Entry("n", content: Bytes("1")), End)),
        new("a name of 256 bytes", Gzip(Main, Pax('x', "path=" + new string('n', 256)), Entry("n"), End), Inside),
        new("a path of 2,048 bytes", Gzip(Main, Pax('x', "path=" + Deep(2048)), Entry("n", content: Bytes("1")), End)),
        new("a path of 2,049 bytes", Gzip(Main, Pax('x', "path=" + Deep(2049)), Entry("n"), End), Inside),
        new("no file of the name that is run", Gzip(Entry("other"), End), "The archive has no file main"),
        new("a directory of the name that is run", Gzip(Entry("main/", '5'), End), "The archive has no file main"),
    ];

    private static string Deep(int length) => string.Join('/', Enumerable.Repeat(new string('d', 63), 40))[..(length - 2)] + "/f";
}
