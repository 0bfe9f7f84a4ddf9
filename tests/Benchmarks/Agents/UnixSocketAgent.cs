using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Benchmarks.Agents;

/// <summary>Is one of the two agents, started here to listen on a Unix socket in a directory of its own.</summary>
internal sealed class UnixSocketAgent : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _directory;
    private readonly SilentProcess _process;

    private UnixSocketAgent(DirectoryInfo directory, SilentProcess process)
    {
        _directory = directory;
        _process = process;
    }

    public int ProcessId => _process.Id;

    public string SocketPath => SocketIn(_directory);

    /// <summary>Starts guest-agent; it may not listen yet.</summary>
    public static UnixSocketAgent StartOurs() => StartOurs(AgentConfiguration.ForUnixSocket);

    /// <summary>Starts guest-agent with another configuration; it may not listen yet.</summary>
    /// <param name="configure">The configuration for a socket's path.</param>
    /// <param name="binary">Its program; null for the one that is measured.</param>
    public static UnixSocketAgent StartOurs(Func<string, string> configure, string? binary = null)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("guest-agent-bench-");
        string configuration = Path.Combine(directory.FullName, "agent.json");
        File.WriteAllText(configuration, configure(SocketIn(directory)));
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new UnixSocketAgent(
            directory, SilentProcess.Start(binary ?? AgentBinary.Ours, "--config", configuration));
    }

    /// <summary>Starts qemu-ga; it may not listen yet.</summary>
    public static UnixSocketAgent StartTheirs()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("guest-agent-bench-");
        string pidFile = Path.Combine(directory.FullName, "pid");
        return new UnixSocketAgent(directory, SilentProcess.Start(
            AgentBinary.Theirs, "-m", "unix-listen", "-p", SocketIn(directory), "-t", directory.FullName, "-f", pidFile));
    }

    /// <summary>Begins to note the most memory that the process has had, anew.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{ProcessId}/clear_refs", "5");

    /// <summary>Most resident memory since <see cref="ForgetPeak"/>, in bytes.</summary>
    public long PeakBytes() => long.Parse(
        File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;

    /// <summary>Waits until the agent listens, without connecting.</summary>
    public Task WaitUntilBoundAsync() => Bounded.UntilAsync(
        () => File.Exists(SocketPath), StartLimit, $"socket {SocketPath}", CancellationToken.None);

    /// <summary>Connects as soon as the agent listens; looks all the time, as a pause would add to a start's time.</summary>
    /// <param name="connect">Connects to the socket's path.</param>
    public T Connect<T>(Func<string, T> connect)
        where T : IAgentClient
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (File.Exists(SocketPath))
                {
                    return connect(SocketPath);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Bound and not listening yet.
            }

            if (Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                throw new TimeoutException($"nobody listens on {SocketPath} within {StartLimit}");
            }

            Thread.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static string SocketIn(DirectoryInfo directory) => Path.Combine(directory.FullName, "socket");
}
