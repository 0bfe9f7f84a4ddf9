namespace GuestAgent.Tests.Testing;

/// <summary>Gives a running agent another configuration.</summary>
public static class Reconfiguration
{
    private const string InForce = "config.json: in force";

    /// <summary>Exchanges the file, and waits until the agent says that it is in force.</summary>
    public static async Task ApplyAsync(RunningAgent agent, AgentConfig config)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(config);
        int before = Count(agent);
        string next = agent.Directory["config.json.next"];
        await File.WriteAllTextAsync(next, config.ToJson(agent.SocketPath));
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(next, agent.Directory["config.json"], overwrite: true);
        await Bounded.UntilAsync(() => Count(agent) > before, () => $"the next configuration in force:\n{agent.Log}");
    }

    private static int Count(RunningAgent agent) =>
        agent.Log.Lines.Count(line => line.Contains(InForce, StringComparison.Ordinal));
}
