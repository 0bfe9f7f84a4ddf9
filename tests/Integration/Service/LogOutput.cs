using System.Net.Sockets;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>What an agent may have as its standard error.</summary>
internal static class LogOutput
{
    /// <summary>Named pipes and files: what the agent is started by, to log there.</summary>
    public static IReadOnlyList<string> Into(string path, params string[] before) =>
        ["/bin/sh", "-c", "exec \"$@\" 2>\"$0\"", path, .. before];

    /// <summary>Starts an agent that logs into a pipe.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="directory">Where; has the pipe, <c>log</c>, afterwards.</param>
    /// <param name="environment">Variables that it gets besides.</param>
    /// <param name="before">A command that ends by becoming the agent.</param>
    public static async Task<(RunningAgent Agent, LateReader Reader)> StartOnPipeAsync(
        AgentConfig config,
        TemporaryDirectory directory,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] before)
    {
        await ProgramRun.StartAsync("mkfifo", "-m", "600", directory["log"]);
        Task<LateReader> opening = OpenPipeAsync(directory);
        RunningAgent agent = await RunningAgent.StartAsync(config, directory, environment, Into(directory["log"], before));
        return (agent, await opening.WithinAsync(TestTimeouts.Answer, "a writer of the pipe"));
    }

    /// <summary>A reader of the pipe; waits for a writer.</summary>
    public static Task<LateReader> OpenPipeAsync(TemporaryDirectory directory) => Task.Run(() => new LateReader(
        new FileStream(directory["log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)));

    /// <summary>Starts an agent that logs into a stream socket, as services do whose log is the journal.</summary>
    public static async Task<(RunningAgent Agent, LateReader Reader)> StartOnSocketAsync(
        AgentConfig config, TemporaryDirectory directory, IReadOnlyDictionary<string, string>? environment = null)
    {
        const string Connected = """
            use Socket;
            socket(LOG, AF_UNIX, SOCK_STREAM, 0) && connect(LOG, sockaddr_un(shift)) || die $!;
            open(STDERR, ">&LOG") && close(LOG) && exec(@ARGV);
            """;
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory["log"]));
        listener.Listen();
        RunningAgent agent = await RunningAgent.StartAsync(
            config, directory, environment, ["perl", "-e", Connected, directory["log"]]);
        Socket reader = await listener.AcceptAsync().WithinAsync(TestTimeouts.Answer, "the agent's standard error");
        return (agent, new LateReader(new NetworkStream(reader, ownsSocket: true)));
    }
}
