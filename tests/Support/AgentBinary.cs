using System.Reflection;

namespace GuestAgent.Tests.Support;

/// <summary>The published program under test.</summary>
public static class AgentBinary
{
    private const string Override = "GUEST_AGENT_BIN";

    /// <summary>Absolute path: <c>GUEST_AGENT_BIN</c>, or what <c>make</c> publishes.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        string path = Environment.GetEnvironmentVariable(Override) is { Length: > 0 } chosen
            ? System.IO.Path.GetFullPath(chosen)
            : System.IO.Path.Combine(RepositoryRoot(), "artifacts", "bin", "guest-agent");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"there is no {path}: publish the agent, or set {Override}", path);
    }

    private static string RepositoryRoot() => typeof(AgentBinary).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
}
