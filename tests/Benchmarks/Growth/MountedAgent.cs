using System.Globalization;
using GuestAgent.Benchmarks.Agents;

namespace GuestAgent.Benchmarks.Growth;

/// <summary>Is a script that starts the agent among mounts which nobody else sees, in the same process.</summary>
internal sealed class MountedAgent : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guest-agent-bench-");

    public MountedAgent(int count)
    {
        Program = Path.Combine(_directory.FullName, "start");
        string mounts = Directory.CreateDirectory(Path.Combine(_directory.FullName, "mounts")).FullName;
        File.WriteAllText(Program, string.Create(CultureInfo.InvariantCulture, $$"""
            #!/bin/sh
            exec unshare -m --propagation private sh -ec '
                mount -t tmpfs mounts {{mounts}}
                for i in $(seq {{count}}); do mkdir {{mounts}}/$i && mount -t tmpfs -o size=64k m$i {{mounts}}/$i; done
                exec {{AgentBinary.Ours}} "$@"' sh "$@"

            """));
        File.SetUnixFileMode(Program, Executable);
    }

    public string Program { get; }

    public void Dispose() => _directory.Delete(recursive: true);
}
