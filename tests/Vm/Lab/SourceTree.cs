namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Finds files of the repository, in which the tests are built.</summary>
internal static class SourceTree
{
    private const string RootMark = "GuestAgent.sln";

    public static string Find(params string[] path) => Path.Combine([Root(), .. path]);

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
