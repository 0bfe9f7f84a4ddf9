namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Finds the lab's shell scripts in the source tree.</summary>
internal static class LabScripts
{
    private const string RootMark = "GuestAgent.sln";

    public static string RunVm => Path.Combine(Root(), "tests", "Vm", "scripts", "run-vm");

    private static string Root()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, RootMark)))
            {
                return d.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no directory above {AppContext.BaseDirectory} has {RootMark}");
    }
}
