using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>What tar programs and gzip programs make of the same trees of files.</summary>
internal static class ToolArchives
{
    // Trees, each with a file main: plain; long, with names that need extended headers; latin, whose names are not UTF-8;
    // links; far, with links that may lead outside; sparse, with holes at the beginning, in the middle, at the end, and of more extents than fit into a header.
    private const string Trees = """
        set -eu
        mkdir plain long latin links far sparse
        for tree in *; do printf 'main\n' > $tree/main; done
        mkdir -p plain/dir/empty plain/bin 'plain/a b'
        : > plain/nothing
        printf '#!/bin/sh\n' > plain/bin/run; chmod 755 plain/bin/run
        seq 1 20000 > plain/dir/numbers
        printf x > 'plain/a b/-c "d"'
        printf x > plain/dir/caf$(printf '\303\251')
        chmod 600 plain/dir/numbers
        deep=long; for i in 1 2 3 4 5 6; do deep=$deep/$i-$(printf '%060d' $i); done
        mkdir -p $deep; printf deep > $deep/file
        printf x > long/$(printf '%0150d' 7)
        printf 1 > latin/caf$(printf '\351'); printf 2 > latin/caf$(printf '\350')
        mkdir latin/$(printf '\377'); printf 3 > latin/$(printf '\377')/f
        ln -s main links/symbolic; printf h > links/one; ln links/one links/two; mkdir links/dir; ln -s dir links/todir; printf f > links/dir/f
        printf l > links/$(printf '%0150d' 8); ln links/$(printf '%0150d' 8) links/longer; ln -s $(printf '%0150d' 8) links/far
        ln -s none links/dangling; ln -s loop links/loop; ln -s symbolic links/chain; ln links/symbolic links/again
        mkdir far/bin far/lib; printf '#!/bin/sh\n' > far/lib/run; chmod 755 far/lib/run; ln -s ../lib/run far/bin/run
        ln far/bin/run far/bin/second; ln -s /ga-nowhere/file far/absolute; ln -s ../../.. far/above
        truncate -s 300000 sparse/hole
        printf begin > sparse/begin; truncate -s 100001 sparse/begin
        truncate -s 65536 sparse/end; printf end >> sparse/end
        for i in $(seq 0 59); do printf "part $i" | dd of=sparse/many bs=8192 seek=$i conv=notrunc status=none; done
        truncate -s 1000000 sparse/many
        : > sparse/nothing; seq 1 9000 > sparse/numbers
        """;

    private const string Python = """
        python3 -I -c 'import sys, tarfile
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|gz", format=getattr(tarfile, sys.argv[1])) as t: t.add(".")'
        """;

    private const string NoSparse = "busybox knows no sparse files";
    private const string Again = "python makes a second link of one with two names";

    private static readonly (string Name, string Script, string? Unlike)[] Scripts =
    [
        .. Each("GNU tar", "tar -cz --format={0} .",
            ["v7 plain|busybox needs a magic", "oldgnu plain", "gnu plain", "ustar plain", "pax plain", "oldgnu long", "gnu long", "pax long",
                "gnu latin", "ustar latin", "pax latin|bsdtar unpacks it and fails",
                "gnu links|" + Again, "oldgnu links|" + Again, "pax links|" + Again, "gnu far", "ustar far", "pax far"]),
        .. Each("GNU tar, sparse", "tar -czS --hole-detection=raw --format={0} .", ["oldgnu sparse|" + NoSparse, "gnu sparse|" + NoSparse]),
        .. Each("GNU tar, sparse, pax", "tar -czS --hole-detection=raw --format=pax --sparse-version={0} .",
            ["0.0 sparse|" + NoSparse, "0.1 sparse|" + NoSparse, "1.0 sparse|" + NoSparse]),
        .. Each("GNU tar, sparse by the file system", "tar -czS --format={0} .", ["gnu sparse|" + NoSparse, "pax sparse|" + NoSparse]),
        .. Each("GNU tar with a label", "tar -cz -V label --format={0} .", ["gnu plain|busybox refuses it, python makes a file", "pax plain"]),
        .. Each("GNU tar, incremental", "rm -f ../list; tar -cz -g ../list --format={0} .",
            ["gnu plain|busybox knows no such entry, python takes times for a directory", "pax plain"]),
        .. Each("GNU tar with large numbers", "tar -cz --owner=:3000000 --mtime=@-5 --format={0} .", ["gnu plain", "pax plain"]),
        .. Each("GNU tar with keywords", "tar -cz --format=pax --pax-option={0} .",
            ["globexthdr.name=g,comment=hello plain", "comment:=hello plain", "SCHILY.xattr.user.a:=b plain"]),
        .. Each("GNU tar, names without ./", "tar -cz --format={0} *", ["gnu plain", "pax long"]),
        .. Each("GNU tar, appended", "tar -cf ../t --format={0} . && printf new > main && tar -rf ../t --format={0} ./main && gzip -c ../t",
            ["gnu plain", "pax plain"]),
        .. Each("GNU tar, blocks of", "tar -cz -b {0} .", ["1 plain", "2048 plain"]),
        .. Each("bsdtar", "LC_ALL=C.UTF-8 bsdtar -cz --format={0} .",
            ["v7 plain|busybox needs a magic", "ustar plain", "pax plain", "gnutar plain", "gnutar long", "pax long", "ustar latin", "gnutar latin",
                "pax latin", "pax links|" + Again, "gnutar links|" + Again, "pax far|" + Again, "gnutar far|" + Again,
                "pax sparse|" + NoSparse, "gnutar sparse"]),
        .. Each("bsdtar by default", "LC_ALL=C.UTF-8 bsdtar -cz{0} .", ["f- plain", "f- sparse|" + NoSparse, "f- latin"]),
        .. Each("busybox tar", "busybox tar -c{0} .", ["z plain", "z long", "z latin", "z links|" + Again, "z far"]),
        .. Each("Python's tarfile,", Python + " {0}",
            ["USTAR_FORMAT plain", "GNU_FORMAT plain", "PAX_FORMAT plain", "GNU_FORMAT long", "PAX_FORMAT long",
                "GNU_FORMAT latin", "PAX_FORMAT latin", "PAX_FORMAT links", "GNU_FORMAT links", "PAX_FORMAT far"]),
        .. Each("gzip", "tar -c . | gzip {0}", ["-1 plain", "-9 plain", "--rsyncable plain"]),
        .. Each("pigz", "tar -c . | pigz {0}", ["-1 plain", "-9 plain", "-i plain", "-ib32 plain", "-0 plain"]),
        .. Each("members of", "tar -c . | split -b {0} --filter='gzip -c'", ["512 plain", "10000 plain"]),
        .. Each("gzip and pigz", "tar -c . > ../t && {{ head -c 9000 ../t | gzip {0}; tail -c +9001 ../t | pigz {0}; }}",
            ["-1 plain", "-9 long"]),
    ];

    /// <summary>What they are called.</summary>
    public static IEnumerable<string> Names => Scripts.Select(script => script.Name);

    /// <summary>Makes them all.</summary>
    public static async Task<IReadOnlyList<ArchiveCase>> MakeAsync()
    {
        using var place = new TemporaryDirectory();
        Directory.CreateDirectory(place["trees"]);
        await ShellAsync(place["trees"], Trees);
        List<ArchiveCase> cases = [];
        try
        {
            foreach ((string name, string script, string? unlike) in Scripts)
            {
                await ShellAsync(place["trees"], $"( {script} ) > '{place["archive"]}'");
                cases.Add(new ArchiveCase(name, await File.ReadAllBytesAsync(place["archive"]), Unlike: unlike));
            }
        }
        finally
        {
            // The framework cannot remove what has a name that is not UTF-8.
            await ShellAsync(place["trees"], "rm -rf *");
        }

        return cases;
    }

    // "OPTION TREE" or "OPTION TREE|who unpacks it differently".
    private static IEnumerable<(string Name, string Script, string? Unlike)> Each(string who, string command, string[] variants) =>
        variants.Select(variant =>
        {
            string[] parts = variant.Split('|');
            string[] words = parts[0].Split(' ');
            string script = string.Format(null, command, words[0]);
            return ($"{who} {parts[0]}", $"cd {words[1]}; {script}", parts.ElementAtOrDefault(1));
        });

    private static async Task ShellAsync(string directory, string script)
    {
        ProgramRun run = await ProgramRun.StartAsync("/bin/sh", "-c", $"set -eu; export LC_ALL=C; cd '{directory}'; {script}");
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script}\nended with {run.ExitCode}: {run.Error}");
        }
    }
}
