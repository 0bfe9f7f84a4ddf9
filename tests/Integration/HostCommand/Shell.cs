using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>
/// Runs guestctl as people do, from a shell: <c>$G</c> is the program, <c>$D</c> a directory of the guest, <c>$H</c> one of the host.
/// </summary>
internal static class Shell
{
    /// <summary>Runs a script of bash.</summary>
    /// <param name="agent">The guest's agent.</param>
    /// <param name="guest">A directory that the agent's policy allows.</param>
    /// <param name="host">A directory that the agent knows nothing of.</param>
    /// <param name="script">The script.</param>
    public static Task<ProgramRun> RunAsync(
        RunningAgent agent, TemporaryDirectory guest, TemporaryDirectory host, string script) => ProgramRun.StartAsync(
            "bash",
            "-c",
            $"export GUESTCTL_ENDPOINT={agent.SocketPath} G={Guestctl.Path} D={guest.Path} H={host.Path}; cd $H; {script}");
}
