using GuestAgent.Cli.Linux;

namespace GuestAgent.Cli.Local;

/// <summary>Where on this host something goes: a name in a directory, or the directory itself.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Name">The name; null when what is in the thing goes into the directory itself.</param>
internal readonly record struct LocalTarget(string Directory, string? Name)
{
    /// <summary>Finds out whether a destination is a directory, which takes things under their own names, as cp(1) does.</summary>
    /// <param name="destination">What the user named; a link is followed.</param>
    /// <param name="name">Name of the thing; a dot, or nothing, when only what is in it is copied.</param>
    /// <param name="isTree">True when the thing is a directory, which may itself become what a slash at the end demands.</param>
    /// <exception cref="NoOutputException">There can be no copy.</exception>
    /// <exception cref="UsageException">The name is none.</exception>
    public static LocalTarget Find(string destination, string name, bool isTree)
    {
        FileKind there = FileStatus.Of(destination, follow: true).Kind;
        bool hasName = name is not ("" or "." or "..");
        if (there == FileKind.Directory && (hasName || isTree))
        {
            return new LocalTarget(destination, hasName ? Checked(name) : null);
        }

        if (there == FileKind.None && destination.EndsWith('/') && !isTree)
        {
            throw new NoOutputException($"there is no directory {destination}");
        }

        if (FileStatus.Of(destination, follow: false).Kind == FileKind.Link)
        {
            destination = there == FileKind.None || isTree
                ? throw new NoOutputException($"cannot write {destination}: there is a symbolic link to what is no such thing")
                : File.ResolveLinkTarget(destination, returnFinalTarget: true)!.FullName;
        }

        string path = Path.TrimEndingDirectorySeparator(destination);
        return new LocalTarget(
            Path.GetDirectoryName(path) is { Length: > 0 } above ? above : ".", Checked(Path.GetFileName(path)));
    }

    // The guest named it, or a link: of a link's bytes that are not UTF-8 something else would have been made.
    private static string Checked(string name) =>
        LocalName.Fault(name) is { } fault ? throw new UsageException($"{name}: {fault}")
        : name.Contains('\uFFFD', StringComparison.Ordinal) ? throw new UsageException($"{name}: its name may not be UTF-8")
        : name;
}
