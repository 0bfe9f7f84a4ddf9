using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Guest;

/// <summary>An agent with a network and mounts of its own, which tests may change without harm.</summary>
internal static class PrivateNamespaces
{
    private static readonly string[] Unshare = ["unshare", "--net", "--mount", "--propagation", "private", "--"];

    /// <summary>Starts it; skips the test where the machine does not let the tests make namespaces.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="script">Shell commands that run before the agent, in its namespaces.</param>
    public static async Task<RunningAgent> StartAsync(AgentConfig config, string script = ":")
    {
        bool allowed = Environment.IsPrivilegedProcess
            && (await ProgramRun.StartAsync(Unshare[0], [.. Unshare[1..], "/bin/sh", "-c", script])).ExitCode == 0;
        Assert.SkipUnless(allowed, "only root, where namespaces are allowed, can give the agent a network and mounts of its own");
        return await RunningAgent.StartAsync(
            config, wrapper: [.. Unshare, "/bin/sh", "-c", script + " && exec \"$0\" \"$@\""]);
    }
}
