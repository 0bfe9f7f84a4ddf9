namespace GuestAgent.Tests.Testing;

/// <summary>A directory that nobody else can write to, with a path short enough for a Unix socket in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="parent">Where; where temporary files go by default.</param>
    public TemporaryDirectory(string? parent = null)
    {
        if (parent is null)
        {
            Path = Directory.CreateTempSubdirectory("ga-").FullName;
        }
        else
        {
            Path = System.IO.Path.Combine(parent, "ga-" + System.IO.Path.GetRandomFileName());
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

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
