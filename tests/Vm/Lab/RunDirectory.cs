namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Owns the directory of one VM run: sockets, console log and disk overlay.</summary>
internal sealed class RunDirectory : IDisposable
{
    public const string ControlPort = "org.vmlab.ctl";

    // Kept short: the path of a Unix socket has at most 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vmlab-");

    public string Path => _directory.FullName;

    public string QmpSocket => System.IO.Path.Combine(Path, "qmp.sock");

    public string ConsoleLog => System.IO.Path.Combine(Path, "console.log");

    public string VsockSocket => System.IO.Path.Combine(Path, "v.sock");

    public string VsockProcessFile => System.IO.Path.Combine(Path, "vsock.pid");

    public string PortSocket(string name) => System.IO.Path.Combine(Path, name + ".sock");

    /// <summary>Removes what run-vm has left; it erases the directory itself unless it was killed.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            _directory.Delete(recursive: true);
        }
    }
}
