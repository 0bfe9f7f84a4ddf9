using System.Text;
using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;

namespace GuestAgent.Tests.Unit.Execution.Support;

/// <summary>A loop and a spawner, and short ways to run shell scripts to their end.</summary>
internal sealed class Children : IDisposable
{
    public Children(bool cgroups = false)
    {
        Spawner = new ChildSpawner(Loop, cgroups ? CommandCgroups.TryOpen : null, LauncherPath);
        Tree = new ProcessTree(Loop, TimeProvider.System);
    }

    /// <summary>The agent's own program, which the build puts beside the tests.</summary>
    public static string LauncherPath { get; } = Path.Combine(AppContext.BaseDirectory, "guest-agent");

    public EpollLoop Loop { get; } = new();

    public ChildSpawner Spawner { get; }

    public ProcessTree Tree { get; }

    /// <summary>A start of the shell.</summary>
    public static ChildStart Shell(string script) => new()
    {
        FileName = "/bin/sh",
        Arguments = ["sh", "-c", script],
        Environment = ["PATH=/usr/bin:/bin"],
    };

    public async Task<ChildProcess> SpawnAsync(ChildStart start)
    {
        ChildProcess child = await Spawner.SpawnAsync(start, Waits.Token).InTime();
        Spawner.PlaceInCgroup(child, _ => { });
        return child;
    }

    /// <summary>Runs to the end of both outputs and of the child.</summary>
    public async Task<Finished> RunAsync(ChildStart start)
    {
        using ChildProcess child = await SpawnAsync(start);
        Task<byte[]> output = ReadToEndAsync(child.Stdout);
        Task<byte[]> error = ReadToEndAsync(child.Stderr);
        return new Finished(await child.Exited.InTime(), await output.InTime(), await error.InTime());
    }

    public Task<Finished> RunAsync(string script) => RunAsync(Shell(script));

    public static async Task<byte[]> ReadToEndAsync(AsyncDescriptor? descriptor)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[65536];
        int count;
        while (descriptor is not null && (count = await descriptor.ReadAsync(buffer, Waits.Token)) > 0)
        {
            await bytes.WriteAsync(buffer.AsMemory(0, count), Waits.Token);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads one line; what scripts say when they have come far enough.</summary>
    public static async Task<string> ReadLineAsync(AsyncDescriptor descriptor)
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (await descriptor.ReadAsync(one, Waits.Token).InTime() > 0 && one[0] != '\n')
        {
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    public static bool IsAlive(int pid) => ProcessStat.TryRead(pid) is { IsAlive: true };

    public void Dispose()
    {
        Spawner.Dispose();
        Loop.Dispose();
    }
}
