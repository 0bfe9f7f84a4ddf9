using System.Diagnostics;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Tests.Testing;
using Bounded = GuestAgent.Tests.Vm.Lab.Bounded;

namespace GuestAgent.Benchmarks.Rivals;

/// <summary>Is a program in C that answers as little as possible, on a socket of its own: what kernel and client cost.</summary>
internal sealed class PlainPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _directory;
    private readonly SilentProcess _process;

    private PlainPeer(DirectoryInfo directory, SilentProcess process)
    {
        _directory = directory;
        _process = process;
    }

    public int ProcessId => _process.Id;

    private string SocketPath => Path.Combine(_directory.FullName, "socket");

    /// <summary>Compiles and starts it.</summary>
    public static async Task<PlainPeer> StartAsync()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("guest-agent-bench-");
        string program = Path.Combine(directory.FullName, "peer");
        using (Process compiler = Process.Start(
            "clang", ["-O2", "-static", "-o", program, SourceFile.Find("tests", "Benchmarks", "Rivals", "peer.c")]))
        {
            await compiler.WaitForExitAsync();
            if (compiler.ExitCode != 0)
            {
                throw new InvalidOperationException("peer.c does not compile");
            }
        }

        PlainPeer peer = new(directory, SilentProcess.Start(program, Path.Combine(directory.FullName, "socket")));
        await Bounded.UntilAsync(() => File.Exists(peer.SocketPath), StartLimit, peer.SocketPath, CancellationToken.None);
        return peer;
    }

    public NativeClient Connect() => new(SocketPath);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
