namespace GuestAgent.Tests.Testing;

/// <summary>The published program under test.</summary>
public static class AgentBinary
{
    /// <summary>Absolute path: <c>GUEST_AGENT_BIN</c>, or what <c>make</c> publishes.</summary>
    public static string Path { get; } = PublishedProgram.Find("bin/guest-agent", "GUEST_AGENT_BIN");
}
