namespace GuestAgent.Tests.Support;

/// <summary>A directory that nobody else can write to, with a path short enough for a Unix socket in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Its absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("ga-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Lets every user pass through and look.</summary>
    public void OpenForAll() => File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);

    /// <summary>Writes an executable script and tells its path.</summary>
    public string AddScript(string name, string text)
    {
        File.WriteAllText(this[name], text);
        File.SetUnixFileMode(this[name], (UnixFileMode)0b111_101_101);
        return this[name];
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
