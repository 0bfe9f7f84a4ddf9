using System.Diagnostics;
using System.Net.Sockets;

namespace GuestAgent.Tests.Testing;

/// <summary>
/// The published agent, serving a Unix socket in a directory of its own. Disposing stops it by SIGTERM and fails unless
/// it exits with 0 in time and has logged no defect.
/// </summary>
public sealed class RunningAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly bool _ownsDirectory;
    private bool _stopped;

    private RunningAgent(Process process, TemporaryDirectory directory, bool ownsDirectory)
    {
        _process = process;
        _ownsDirectory = ownsDirectory;
        Directory = directory;
    }

    /// <summary>Where its configuration and its socket are.</summary>
    public TemporaryDirectory Directory { get; }

    /// <summary>Path of its socket.</summary>
    public string SocketPath => Directory["agent.sock"];

    /// <summary>What it has logged.</summary>
    public AgentLog Log { get; } = new();

    /// <summary>What the kernel says of it.</summary>
    public ProcessFacts Facts => new(_process.Id);

    /// <summary>Starts an agent and waits until it takes connections.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="directory">Where; a new directory by default.</param>
    /// <param name="environment">Variables that the agent gets besides.</param>
    /// <param name="wrapper">A command that ends by becoming the agent, such as <c>unshare -n</c>; none by default.</param>
    /// <param name="unnamedFiles">False lets the kernel refuse files without a name, as some file systems do.</param>
    /// <param name="ownsDirectory">Whether <paramref name="directory"/> is removed with it.</param>
    public static async Task<RunningAgent> StartAsync(
        AgentConfig config,
        TemporaryDirectory? directory = null,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyList<string>? wrapper = null,
        bool unnamedFiles = true,
        bool ownsDirectory = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        TemporaryDirectory place = directory ?? new TemporaryDirectory();
        string file = place["config.json"];
        await File.WriteAllTextAsync(file, config.ToJson(place["agent.sock"]));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] command = [.. wrapper ?? [], AgentBinary.Path, "--config", file];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["AGENT_SECRET"] = "must not reach commands";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var agent = new RunningAgent(new Process { StartInfo = start }, place, ownsDirectory || directory is null);
        await agent.WaitForSocketAsync(unnamedFiles);
        return agent;
    }

    /// <summary>Sends it a signal, signal(7).</summary>
    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Attaches a host.</summary>
    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(SocketPath);

    /// <summary>Sends SIGKILL and waits, bounded, for the end.</summary>
    public async Task KillAsync()
    {
        _stopped = true;
        Signals.Send(_process.Id, Signals.Kill);
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        await _process.WaitForExitAsync(end.Token);
    }

    /// <summary>Sends SIGTERM and waits, bounded, for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        _stopped = true;
        Signals.Send(_process.Id, Signals.Terminate);
        using var end = new CancellationTokenSource(TestTimeouts.Stop);
        try
        {
            await _process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException($"the agent does not stop:\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_stopped && await StopAsync() is not 0 and var code)
            {
                throw new InvalidOperationException($"the agent ended with exit code {code}:\n{Log}");
            }

            if (Log.Lines.FirstOrDefault(line => line.Contains("defect of the agent", StringComparison.Ordinal)) is { } line)
            {
                throw new InvalidOperationException($"the agent has a defect: {line}");
            }
        }
        finally
        {
            _process.Dispose();
            if (_ownsDirectory)
            {
                Directory.Dispose();
            }
        }
    }

    private async Task WaitForSocketAsync(bool unnamedFiles)
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                Log.Add(text);
            }
        };
        if (unnamedFiles)
        {
            _process.Start();
        }
        else
        {
            RefusedCalls.RunWithoutUnnamedFiles(() => _process.Start());
        }

        _process.BeginErrorReadLine();
        await Bounded.UntilAsync(
            () => _process.HasExited ? throw new InvalidOperationException($"the agent has ended:\n{Log}") : Listens(),
            () => $"a socket that takes connections:\n{Log}");
    }

    private bool Listens()
    {
        if (!File.Exists(SocketPath))
        {
            return false;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(SocketPath));
            return true;
        }
        catch (SocketException)
        {
            // Bound and not listening yet.
            return false;
        }
    }
}
