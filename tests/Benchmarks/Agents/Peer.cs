using GuestAgent.Benchmarks.Clients;

namespace GuestAgent.Benchmarks.Agents;

/// <summary>Is the agent that ours is compared with.</summary>
/// <param name="Name">What rows call it.</param>
/// <param name="Binary">Its program.</param>
/// <param name="Start">Starts it; it may not listen yet.</param>
/// <param name="Connect">Connects to its socket's path.</param>
/// <param name="IsFormer">Whether it is our own agent, of a former commit.</param>
internal sealed record Peer(
    string Name, string Binary, Func<UnixSocketAgent> Start, Func<string, IAgentClient> Connect, bool IsFormer)
{
    /// <summary>QEMU's agent.</summary>
    public static Peer QemuGuestAgent { get; } =
        new("qemu-ga", AgentBinary.Theirs, UnixSocketAgent.StartTheirs, path => new QgaClient(path), IsFormer: false);

    /// <summary>Our agent as it was at a former commit.</summary>
    /// <param name="binary">Its program.</param>
    /// <param name="name">What rows call it.</param>
    public static Peer Former(string binary, string name) => new(
        name,
        binary,
        () => UnixSocketAgent.StartOurs(AgentConfiguration.ForUnixSocket, binary),
        path => new NativeClient(path),
        IsFormer: true);
}
