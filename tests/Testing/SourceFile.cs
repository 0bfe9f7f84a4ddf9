using System.Reflection;

namespace GuestAgent.Tests.Testing;

/// <summary>Finds files of the repository that the tests were built from.</summary>
public static class SourceFile
{
    /// <summary>Absolute path of a file.</summary>
    /// <param name="path">Its path from the root of the repository, in parts.</param>
    public static string Find(params string[] path) => Path.Combine([Root, .. path]);

    private static string Root { get; } = typeof(SourceFile).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
}
