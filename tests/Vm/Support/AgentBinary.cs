using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Finds the agent under test: the published static file.</summary>
internal static class AgentBinary
{
    private const string Variable = "GUEST_AGENT_BIN";

    /// <summary>Gets the path; fails with the way out when there is no such file.</summary>
    public static string Path
    {
        get
        {
            string path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
                ? named
                : SourceTree.Find("artifacts", "bin", "guest-agent");
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException($"no {path}: run \"make publish\", or name the agent in {Variable}", path);
        }
    }
}
