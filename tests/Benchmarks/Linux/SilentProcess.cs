using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace GuestAgent.Benchmarks.Linux;

/// <summary>Is a child with /dev/null for all three streams, so that its log costs it the same as under no load.</summary>
internal sealed class SilentProcess : IAsyncDisposable
{
    // Above the size of glibc's opaque types.
    private const int OpaqueSize = 1024;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private static readonly ConcurrentDictionary<int, SilentProcess> Living = new();

    static SilentProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A signal ends the benchmark without disposing anything.
        foreach (int id in Living.Keys)
        {
            _ = LibC.kill(id, LibC.SIGKILL);
        }
    };

    private SilentProcess(int id)
    {
        Id = id;
        Living[id] = this;
    }

    public int Id { get; }

    /// <summary>Starts a program; when this returns, it runs.</summary>
    public static unsafe SilentProcess Start(string path, params string[] arguments)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[OpaqueSize];
        Span<byte> signalSet = new(signals, OpaqueSize);
        Check(NativeMethods.posix_spawn_file_actions_init(actions), path);
        Check(NativeMethods.posix_spawnattr_init(attributes), path);
        for (int stream = 0; stream < 3; stream++)
        {
            Check(NativeMethods.posix_spawn_file_actions_addopen(actions, stream, "/dev/null", LibC.O_RDWR, 0), path);
        }

        // .NET ignores SIGPIPE, and the child would inherit that.
        signalSet.Clear();
        Check(NativeMethods.posix_spawnattr_setsigmask(attributes, signals), path);
        signalSet.Fill(0xff);
        Check(NativeMethods.posix_spawnattr_setsigdefault(attributes, signals), path);
        Check(NativeMethods.posix_spawnattr_setflags(
            attributes, NativeMethods.POSIX_SPAWN_SETSIGDEF | NativeMethods.POSIX_SPAWN_SETSIGMASK), path);
        Check(NativeMethods.posix_spawn(
            out int pid, path, actions, attributes, [path, .. arguments, null], [.. Variables(), null]), path);
        _ = NativeMethods.posix_spawn_file_actions_destroy(actions);
        _ = NativeMethods.posix_spawnattr_destroy(attributes);
        return new SilentProcess(pid);
    }

    /// <summary>Runs a program to its end, as directly as the kernel allows.</summary>
    public static void Run(string path, params string[] arguments)
    {
        int status = Start(path, arguments).WaitForEnd();
        if (status != 0)
        {
            throw new InvalidOperationException($"{path} {string.Join(' ', arguments)}: status {status:x}");
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its status, as of waitpid(2).</returns>
    public int WaitForEnd()
    {
        _ = NativeMethods.waitpid(Id, out int status, 0);
        Living.TryRemove(Id, out _);
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        _ = LibC.kill(Id, LibC.SIGTERM);
        long start = Stopwatch.GetTimestamp();
        while (NativeMethods.waitpid(Id, out _, NativeMethods.WNOHANG) == 0)
        {
            if (Stopwatch.GetElapsedTime(start) > EndLimit)
            {
                _ = LibC.kill(Id, LibC.SIGKILL);
            }

            await Task.Delay(PollInterval);
        }

        Living.TryRemove(Id, out _);
    }

    private static IEnumerable<string> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(variable => $"{variable.Key}={variable.Value}");

    private static void Check(int errno, string path)
    {
        if (errno != 0)
        {
            throw new Win32Exception(errno, "start of " + path);
        }
    }
}
