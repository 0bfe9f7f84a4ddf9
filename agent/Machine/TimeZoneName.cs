using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>The name of the guest's time zone, which the kernel does not know.</summary>
internal static class TimeZoneName
{
    private const string Database = "zoneinfo/";
    private const int LongestName = 255;

    /// <summary>
    /// From the link /etc/localtime, which also decides the offset, else from /etc/timezone. Null where neither names one.
    /// </summary>
    /// <param name="root">Directory that stands for <c>/</c>.</param>
    public static string? Find(string root = "/") =>
        FromLink(LinkTarget(Path.Combine(root, "etc/localtime")))
        ?? Checked(SmallFile.TryReadLine(Path.Combine(root, "etc/timezone")));

    /// <summary>The part of a link's target that names the zone; null where it is not one of the database.</summary>
    public static string? FromLink(string? target)
    {
        int start = target?.LastIndexOf(Database, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return null;
        }

        string name = target![(start + Database.Length)..];
        // Two further copies of the database, without and with leap seconds.
        foreach (string copy in (string[])["posix/", "right/"])
        {
            name = name.StartsWith(copy, StringComparison.Ordinal) ? name[copy.Length..] : name;
        }

        return Checked(name);
    }

    private static string? Checked(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '+' or '-')
            ? name
            : null;

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No link that the agent may read: there may be /etc/timezone.
            return null;
        }
    }
}
