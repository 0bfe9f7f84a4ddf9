using static GuestAgent.Tests.Integration.Workload.Archives.TarBytes;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>Links of both kinds, where they lead, and what comes in their place or behind them.</summary>
internal static class LinkArchives
{
    private const string Missing = "which is missing or behind a link";
    private const string Outside = "This is no path below the program's directory";
    private const string Deferred = "has a as a link that may lead outside and as something else";
    private const string IsDirectory = "which is a directory";
    private const string Behind = "has a/f behind the link a";

    private static readonly string Long = string.Concat(Enumerable.Repeat("long/", 40)) + "target";
    private static readonly byte[] File = Entry("a", content: Bytes("content of a\n"));
    private static readonly byte[] Directory = Entry("d/", '5');
    private static readonly byte[] Inside = Entry("d/f", content: Bytes("f\n"));

    public static IEnumerable<ArchiveCase> All() => [.. Symbolic(), .. Hard(), .. Replaced(), .. Passed(), .. LongNames(), .. Run()];

    private static IEnumerable<ArchiveCase> Symbolic() =>
    [
        new("a symbolic link", Gzip(Main, Link("a", '2', "main"), End)),
        new("a symbolic link of the oldest form", Gzip(Main, Link("a", '2', "main", magic: new string('\0', 8)), End), Unlike: "busybox needs a magic"),
        new("a symbolic link to nothing that is there", Gzip(Main, Link("a", '2', "nowhere/at all"), End)),
        new("a symbolic link to itself", Gzip(Main, Link("a", '2', "a"), End)),
        new("symbolic links in a circle", Gzip(Main, Link("a", '2', "b"), Link("b", '2', "c"), Link("c", '2', "a"), End)),
        new("a chain of symbolic links", Gzip(Main, Link("a", '2', "b"), Link("b", '2', "c"), Link("c", '2', "main"), End)),
        new("a symbolic link to a directory", Gzip(Main, Directory, Inside, Link("a", '2', "d/"), End)),
        new("a symbolic link in a directory that only its name implies", Gzip(Main, Link("x/y/a", '2', "b"), End)),
        new("a symbolic link with ..", Gzip(Main, Link("x/a", '2', "../main"), End)),
        new("a symbolic link that leads outside", Gzip(Main, Link("a", '2', "../../.."), End)),
        new("a symbolic link from the root", Gzip(Main, Link("a", '2', "/ga-nowhere/file"), End)),
        new("a symbolic link whose target is not UTF-8", Gzip(Main, Link("a", '2', "caf\u00e9"), End)),
        new("a symbolic link whose target has a line end", Gzip(Main, Link("a", '2', "b\nc d"), End)),
        new("a target of a hundred bytes", Gzip(Main, Link("a", '2', new string('t', 100)), End)),
        new("a symbolic link with a slash", Gzip(Main, Link("a/", '2', "main"), End)),
        new("a symbolic link whose name ends in a dot", Gzip(Main, Link("a/.", '2', "main"), End), "which is a directory's name"),
        new("a symbolic link without a target", Gzip(Main, Link("a", '2', ""), End), "has a as a link to nothing"),
        new("a symbolic link that is the directory itself", Gzip(Main, Link(".", '2', "main"), End), "is no file, directory or link"),
        new("a symbolic link outside", Gzip(Main, Link("../ga-escaped", '2', "main"), End), Outside),
        new("a symbolic link with a size of POSIX", Gzip(Main, Pax('x', "size=4"), Link("a", '2', "main"), Inside, End), Unlike: "bsdtar takes what follows for content"),
    ];

    private static IEnumerable<ArchiveCase> Hard() =>
    [
        new("a hard link", Gzip(Main, Link("a", '1', "main"), End)),
        new("a hard link by another way to write it", Gzip(Main, Inside, Link("a", '1', "./d//./f"), End)),
        new("hard links one to the other", Gzip(Main, Link("a", '1', "main"), Link("x/b", '1', "a"), Link("c", '1', "x/b"), End)),
        new("a hard link twice", Gzip(Main, Link("a", '1', "main"), Link("a", '1', "main"), End), Unlike: "busybox fails"),
        new("a hard link to itself", Gzip(Main, File, Link("a", '1', "a"), Link("a", '1', "./a"), End), Unlike: "bsdtar and busybox take it away and fail"),
        new("a hard link to itself alone", Gzip(Main, Link("a", '1', "a"), End), Missing),
        new("a hard link to a symbolic link", Gzip(Main, Link("a", '2', "main"), Link("b", '1', "a"), End)),
        new("a hard link to a symbolic link that leads outside", Gzip(Main, Link("x/a", '2', "../../b"), Link("b", '1', "x/a"), Link("c", '1', "b"), End), Unlike: "python makes links of their own"),
        new("a hard link with a slash", Gzip(Main, Link("a/", '1', "main"), End)),
        new("a hard link with a size of POSIX", Gzip(Main, Pax('x', "size=4"), Link("a", '1', "main"), Inside, End), Unlike: "bsdtar takes what follows for content"),
        new("a hard link before its file", Gzip(Main, Link("b", '1', "a"), File, End), Missing),
        new("a hard link to a directory", Gzip(Main, Directory, Link("a", '1', "d"), End), IsDirectory),
        new("a hard link to a directory with a slash", Gzip(Main, Directory, Link("a", '1', "d/"), End), IsDirectory),
        new("a hard link to a file with a slash", Gzip(Main, Link("a", '1', "main/"), End), IsDirectory),
        new("a hard link to a file with a dot", Gzip(Main, Link("a", '1', "main/."), End), IsDirectory),
        new("a hard link below a file", Gzip(Main, Link("a", '1', "main/f"), End), Missing),
        new("a hard link through a symbolic link", Gzip(Main, Inside, Link("a", '2', "d"), Link("b", '1', "a/f"), End), Missing),
        new("a hard link from the root", Gzip(Main, Link("a", '1', "/etc/passwd"), End), Outside),
        new("a hard link that leads outside", Gzip(Main, Link("a", '1', "../../etc/passwd"), End), Outside),
        new("a hard link without a target", Gzip(Main, Link("a", '1', ""), End), Outside),
        new("a hard link that is the directory itself", Gzip(Main, Link(".", '1', "main"), End), "is no file, directory or link"),
    ];

    private static IEnumerable<ArchiveCase> Replaced() =>
    [
        new("a symbolic link in the place of a file", Gzip(Main, File, Link("a", '2', "main"), End)),
        new("a file in the place of a symbolic link", Gzip(Main, Link("a", '2', "main"), File, End), Unlike: "python writes to what the link leads to"),
        new("a symbolic link in the place of another", Gzip(Main, Link("a", '2', "b"), Link("a", '2', "main"), End)),
        new("a link that leads outside in the place of one that does not", Gzip(Main, Link("a", '2', "b"), Link("a", '2', "../b"), End)),
        new("a hard link in the place of a file", Gzip(Main, File, Link("a", '1', "main"), End), Unlike: "python copies instead"),
        new("a hard link in the place of a symbolic link", Gzip(Main, Link("a", '2', "b"), Link("a", '1', "main"), End), Unlike: "python writes to what that leads to"),
        new("a hard link in the place of a file, to nothing", Gzip(Main, File, Link("a", '1', "none"), End), Missing),
        new("a file in the place of a hard link", Gzip(Main, Link("a", '1', "main"), File, End), Unlike: "busybox makes hard links last, and fails; python writes to the other name"),
        new("a symbolic link in the place of a hard link", Gzip(Main, Link("a", '1', "main"), Link("a", '2', "b"), End), Unlike: "busybox makes hard links last, and fails"),
        new("a file in the place of a link from the root", Gzip(Main, Link("a", '2', "/ga-nowhere"), File, End), Deferred),
        new("a file in the place of a link with ..", Gzip(Main, Link("a", '2', "b/../c"), File, End), Deferred),
        new("a link in the place of a link with ..", Gzip(Main, Link("a", '2', ".."), Link("a", '2', "b"), End), Deferred),
        new("a hard link in the place of a link from the root", Gzip(Main, Link("a", '2', "/ga-nowhere"), Link("a", '1', "main"), End), Deferred),
        new("a symbolic link in the place of a directory", Gzip(Main, Directory, Link("d", '2', "main"), End), "has d as a link and as a directory"),
        new("a hard link in the place of a directory", Gzip(Main, Directory, Link("d", '1', "main"), End), "has d as a link and as a directory"),
        new("a directory in the place of a symbolic link", Gzip(Main, Directory, Link("a", '2', "d"), Entry("a/", '5'), End), "has a as a link and as a directory"),
        new("a directory in the place of a hard link", Gzip(Main, Link("a", '1', "main"), Entry("a/", '5'), End), "has a as a file and as a directory"),
    ];

    private static IEnumerable<ArchiveCase> Passed() =>
    [
        new("a file behind a link", Gzip(Main, Directory, Link("a", '2', "d"), Entry("a/f"), End), Behind),
        new("a file behind a link to the directory itself", Gzip(Main, Link("a", '2', "."), Entry("a/f"), End), Behind),
        new("a file behind a link from the root", Gzip(Main, Link("a", '2', "/ga-nowhere"), Entry("a/f"), End), Behind),
        new("a directory behind a link", Gzip(Main, Directory, Link("a", '2', "d"), Entry("a/f/", '5'), End), Behind),
        new("a link behind a link", Gzip(Main, Directory, Link("a", '2', "d"), Link("a/f", '2', "main"), End), Behind),
        new("a hard link behind a link", Gzip(Main, Directory, Link("a", '2', "d"), Link("a/f", '1', "main"), End), Behind),
        new("a file far behind a link that a hard link has made", Gzip(Main, Directory, Link("b", '2', "d"), Link("x/a", '1', "b"), Entry("x/a/y/f"), End), "has x/a/y/f behind the link x/a"),
    ];

    private static IEnumerable<ArchiveCase> LongNames() =>
    [
        new("a long target of GNU for a link", Gzip(Main, Entry("n", 'K', Bytes(Long + "\0")), Link("a", '2', "short"), End)),
        new("a long target and a long name of GNU", Gzip(Main, Entry("n", 'K', Bytes(Long + "\0")), Entry("n", 'L', Bytes(Long + "/x\0")), Link("a", '2', "short"), End)),
        new("two long targets of GNU", Gzip(Main, Entry("n", 'K', Bytes("first\0")), Entry("n", 'K', Bytes("second\0")), Link("a", '2', "short"), End), Unlike: "python takes the first"),
        new("a long target of GNU for a hard link", Gzip(Main, Pax('x', "path=" + Long), Entry("f"), Entry("n", 'K', Bytes(Long + "\0")), Link("a", '1', "short"), End)),
        new("a long target of GNU for a file", Gzip(Main, Entry("n", 'K', Bytes(Long + "\0")), File, Link("b", '2', "main"), End)),
        new("a long target of GNU for a label", Gzip(Entry("n", 'K', Bytes("gnu\0")), Entry("label", 'V'), Main, Link("a", '2', "main"), End), Unlike: "python makes a file"),
        new("a long target of GNU for nothing", Gzip(Main, Entry("n", 'K', Bytes("gnu\0")), End), "is cut off"),
        new("a long target of GNU that is endless", Gzip(Main, Entry("n", 'K', size: "77777777777\0"), End), "bytes in an extended header"),
        new("a target of POSIX", Gzip(Main, Pax('x', "linkpath=" + Long), Link("a", '2', "short"), End)),
        new("a target of POSIX for a hard link", Gzip(Main, Pax('x', "path=" + Long), Entry("f"), Pax('x', "linkpath=" + Long), Link("a", '1', "short"), End)),
        new("a target of POSIX for a file", Gzip(Main, Pax('x', "linkpath=" + Long), File, Link("b", '2', "main"), End)),
        new("a target of POSIX twice", Gzip(Main, Pax('x', "linkpath=first", "linkpath=second"), Link("a", '2', "short"), End)),
        new("a target of GNU, then one of POSIX", Gzip(Main, Entry("n", 'K', Bytes("gnu\0")), Pax('x', "linkpath=posix"), Link("a", '2', "short"), End), Unlike: "bsdtar and python take that of GNU"),
        new("a target of POSIX, then one of GNU", Gzip(Main, Pax('x', "linkpath=posix"), Entry("n", 'K', Bytes("gnu\0")), Link("a", '2', "short"), End), Unlike: "busybox takes that of GNU"),
        new("an empty target of POSIX", Gzip(Main, Pax('x', "linkpath="), Link("a", '2', "short"), End), "has a as a link to nothing"),
        new("a NUL in a target of POSIX", Gzip(Main, Pax('x', "linkpath=a\0b"), Link("a", '2', "short"), End), "has an extended header that is none"),
        new("a target for all entries", Gzip(Main, Pax('g', "linkpath=all"), Link("a", '2', "short"), End), "has a name, a link or a size for all its entries"),
        new("a target of 2,048 bytes", Gzip(Main, Pax('x', "linkpath=" + new string('t', 2048)), Link("a", '2', "short"), End)),
        new("a target of 2,049 bytes", Gzip(Main, Pax('x', "linkpath=" + new string('t', 2049)), Link("a", '2', "short"), End), "more than 2048 bytes in what a is a link to"),
        new("a hard link to a name of 256 bytes", Gzip(Main, Pax('x', "linkpath=" + new string('n', 256)), Link("a", '1', "short"), End), Outside),
    ];

    private static IEnumerable<ArchiveCase> Run() =>
    [
        new("a link of the name that is run", Gzip(Entry("d/real", content: Bytes("real\n")), Link("main", '2', "d/real"), End)),
        new("a hard link of the name that is run", Gzip(Entry("d/real", content: Bytes("real\n")), Link("main", '1', "d/real"), End)),
        new("the same through links and ..", Gzip(Inside, Link("e", '2', "d/.//"), Link("x/y", '2', "../e/f"), Link("main", '2', "x/y"), End)),
        new("a link of that name to nothing", Gzip(Link("main", '2', "none"), End), "The archive has no file main"),
        new("a link of that name to a directory", Gzip(Directory, Link("main", '2', "d"), End), "The archive has no file main"),
        new("a link of that name to a file with a slash", Gzip(Inside, Link("main", '2', "d/f/"), End), "The archive has no file main"),
        new("a link of that name to itself", Gzip(Link("main", '2', "main"), End), "The archive has no file main"),
        new("a link of that name from the root", Gzip(Link("main", '2', "/etc/passwd"), End), "The archive has no file main"),
        new("a link of that name that leads outside and in again", Gzip(Inside, Link("main", '2', "../work/d/f"), End), "The archive has no file main"),
        new("a link of that name with a part that no name can have", Gzip(Pax('x', "linkpath=" + new string('n', 256)), Link("main", '2', "n"), End), "The archive has no file main"),
    ];
}
