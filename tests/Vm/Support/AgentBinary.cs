using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Finds the agent under test: the published static file.</summary>
internal static class AgentBinary
{
    /// <summary>Gets the path; fails with the way out when there is no such file.</summary>
    public static string Path => Find("bin/guest-agent", "GUEST_AGENT_BIN");

    /// <summary>Gets the path of the host's command, likewise.</summary>
    public static string Guestctl => Find("bin/guestctl", "GUESTCTL_BIN");

    /// <summary>Gets the path of the tests' own program on the host library, likewise.</summary>
    public static string TestHost => Find("test-host/test-host", "TEST_HOST_BIN");

    private static string Find(string name, string variable)
    {
        string path = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named
            ? named
            : SourceTree.Find("artifacts", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"no {path}: run \"make publish test-host\", or name it in {variable}", path);
    }
}
