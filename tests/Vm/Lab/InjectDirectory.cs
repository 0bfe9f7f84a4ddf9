namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Builds a directory to inject into a VM and removes it at the end.</summary>
public sealed class InjectDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vmlab-inject-");

    /// <param name="runScript">What the guest's sh runs in /mnt/inject during the boot.</param>
    public InjectDirectory(string runScript)
        => File.WriteAllText(System.IO.Path.Combine(Path, "run.sh"), runScript + "\n");

    public string Path => _directory.FullName;

    /// <summary>Adds a copy of a file, with its mode.</summary>
    public void Add(string file, string name) => File.Copy(file, System.IO.Path.Combine(Path, name));

    public void Dispose() => _directory.Delete(recursive: true);
}
