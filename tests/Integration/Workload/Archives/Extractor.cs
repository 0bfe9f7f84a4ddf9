using System.Text;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>What tar programs unpack, as a listing of files, directories and links with sizes, hashes and targets.</summary>
internal static class Extractor
{
    /// <summary>
    /// Lists the working directory, in base64, since names are bytes: <c>d</c>, <c>f</c> or <c>x</c> for an executable file,
    /// then its size and its path; <c>l</c>, a link's path and its target; then hashes; then, for each name of what has several,
    /// <c>h</c> and the first of them.
    /// </summary>
    public const string Listing = """
        export LC_ALL=C; { find . -mindepth 1 \( -type d -printf 'd %P\n' -o -type f -perm -100 -printf 'x %s %P\n' \
            -o -type f -printf 'f %s %P\n' -o -printf '%y %P %l\n' \) | sort; find . -type f -exec sha256sum {} + | sort
        find . ! -type d -links +1 -printf '%i %P\n' | sort -k 2 \
            | awk '{ i = $1; $1 = ""; if (!(i in first)) first[i] = $0; print "h" $0 " =" first[i] }'; } | base64 -w0
        """;

    private const string Script = """
        archive=$0; cd "$1"; export LC_ALL=C
        extract() {
          case $1 in
            tar) tar -xzf "$archive" ;;
            pigz) tar -I pigz -xf "$archive" ;;
            bsdtar) LC_ALL=C.UTF-8 bsdtar -xzf "$archive" ;;
            busybox) busybox tar -xzf "$archive" ;;
            python) python3 -I -c 'import sys, tarfile
        with tarfile.open(sys.argv[1], "r:gz") as t: t.extraction_filter = lambda member, path: member; t.extractall()' "$archive" ;;
          esac
        }
        for tool in tar pigz bsdtar busybox python; do
          mkdir $tool; cd $tool
          extract $tool > ../error 2>&1; status=$?
          printf '%s %s ' $tool $status; ( LISTING ); printf ' %s\n' "$(head -n 1 ../error | base64 -w0)"
          cd ..; rm -rf $tool
        done
        """;

    /// <summary>Has all of them unpack an archive.</summary>
    public static async Task<IReadOnlyDictionary<string, Extraction>> ExtractAsync(byte[] archive)
    {
        using var place = new TemporaryDirectory();
        await File.WriteAllBytesAsync(place["archive"], archive);
        Directory.CreateDirectory(place["trees"]);
        string script = Script.Replace("LISTING", Listing, StringComparison.Ordinal);
        ProgramRun run = await ProgramRun.StartAsync("/bin/sh", "-c", script, place["archive"], place["trees"]);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => new Extraction(words[1] == "0", Text(words[2]), Text(words[3])));
    }

    /// <summary>A listing as text.</summary>
    public static string Text(string base64) => Encoding.Latin1.GetString(Convert.FromBase64String(base64));
}
