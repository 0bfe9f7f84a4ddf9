namespace GuestAgent.Tests.Vm.Support;

/// <summary>Finds the agent under test: the published static file.</summary>
internal static class AgentBinary
{
    private const string Variable = "GUEST_AGENT_BIN";
    private const string RootMark = "GuestAgent.sln";

    /// <summary>Gets the path; fails with the way out when there is no such file.</summary>
    public static string Path
    {
        get
        {
            string path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
                ? named
                : System.IO.Path.Combine(Root(), "artifacts", "bin", "guest-agent");
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException($"publish the agent first, or name it in {Variable}", path);
        }
    }

    private static string Root()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, RootMark)))
        {
            directory = directory.Parent;
        }

        // With another ArtifactsPath the tests run outside of the tree.
        return directory?.FullName ?? Environment.CurrentDirectory;
    }
}
