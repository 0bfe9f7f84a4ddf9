namespace GuestAgent.Tests.Unit.Execution.Support;

/// <summary>A directory that everybody may enter, gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private const UnixFileMode Open =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TemporaryDirectory() => File.SetUnixFileMode(Path, Open);

    public string Path { get; } = Directory.CreateTempSubdirectory("guest-agent-test-").FullName;

    public string Write(string name, string content, bool executable = false)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, executable ? Open : Open & ~(UnixFileMode)0x49);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
