using GuestAgent.Hashing;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Inputs that are kept: those of the repository, and what a campaign has found, below the build's artifacts.</summary>
internal static class Corpus
{
    private static string Root => SourceFile.Find("tests", "Fuzz", "corpus");

    private static string Found => SourceFile.Find("artifacts", "fuzz");

    /// <summary>The files of the repository for a target, by name.</summary>
    public static IReadOnlyList<string> Files(FuzzTarget target)
    {
        string folder = Path.Combine(Root, target.Name);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>What a campaign begins with: the repository's files and, if any, what earlier ones have found.</summary>
    public static List<byte[]> Seeds(FuzzTarget target, bool withFound)
    {
        List<byte[]> seeds = [.. Files(target).Select(File.ReadAllBytes)];
        string folder = Path.Combine(Found, "corpus", target.Name);
        if (withFound && Directory.Exists(folder))
        {
            seeds.AddRange(Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        }

        return seeds;
    }

    /// <summary>Keeps an input that has shown something new.</summary>
    public static void KeepFound(FuzzTarget target, byte[] input) => Keep("corpus", target, input);

    /// <summary>Keeps an input that has shown a fault.</summary>
    /// <returns>Where, relative to the repository.</returns>
    public static string KeepFailure(FuzzTarget target, byte[] input) => Keep("failures", target, input);

    /// <summary>The name of the target that a kept input is for: that of its folder.</summary>
    public static string TargetOf(string file) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!;

    private static string Keep(string kind, FuzzTarget target, byte[] input)
    {
        string folder = Path.Combine(Found, kind, target.Name);
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, Convert.ToHexStringLower(Sha256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        return Path.GetRelativePath(SourceFile.Find(), file);
    }
}
