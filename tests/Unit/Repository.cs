namespace GuestAgent.Tests.Unit;

/// <summary>Finds the sources that the tests look at.</summary>
internal static class Repository
{
    /// <summary>The directory that holds GuestAgent.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "GuestAgent.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("not inside the repository");
    }
}
