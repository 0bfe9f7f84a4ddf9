namespace GuestAgent.Tests.Testing;

/// <summary>Finds the programs that <c>make publish test-host</c> makes.</summary>
internal static class PublishedProgram
{
    /// <summary>Absolute path of a program.</summary>
    /// <param name="file">Its name in <c>artifacts</c>.</param>
    /// <param name="variable">The variable of the environment that may name another file.</param>
    public static string Find(string file, string variable)
    {
        string path = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen
            ? Path.GetFullPath(chosen)
            : SourceFile.Find("artifacts", file);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"there is no {path}: publish it, or set {variable}", path);
    }
}
