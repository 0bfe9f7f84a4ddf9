namespace GuestAgent.Settings;

/// <summary>Which of several files each part of a configuration comes from.</summary>
/// <param name="main">The configuration file.</param>
internal sealed class SettingsOrigins(string main)
{
    private readonly List<Origin> _all = [];

    /// <summary>Each part, with its file and its place there.</summary>
    public IReadOnlyList<Origin> All => _all;

    /// <summary>Notes where a part comes from.</summary>
    /// <param name="path">Its JSON path in the whole configuration.</param>
    /// <param name="file">Its file.</param>
    /// <param name="pathInFile">Its JSON path there.</param>
    public void Add(string path, string file, string pathInFile) => _all.Add(new Origin(path, file, pathInFile));

    /// <summary>The file and the path there of something in the whole configuration; what is missing is so in the main file.</summary>
    public (string File, string Path) Find(string path)
    {
        Origin? found = null;
        foreach (Origin origin in _all)
        {
            if (IsWithin(path, origin.Path) && origin.Path.Length > (found?.Path.Length ?? 0))
            {
                found = origin;
            }
        }

        return found is null ? (main, path) : (found.File, found.PathInFile + path[found.Path.Length..]);
    }

    private static bool IsWithin(string path, string part) =>
        path.StartsWith(part, StringComparison.Ordinal) && (path.Length == part.Length || path[part.Length] is '.' or '[');

    /// <summary>Where one part comes from.</summary>
    /// <param name="Path">Its JSON path in the whole configuration.</param>
    /// <param name="File">Its file.</param>
    /// <param name="PathInFile">Its JSON path there.</param>
    internal sealed record Origin(string Path, string File, string PathInFile);
}
