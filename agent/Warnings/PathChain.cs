using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;


namespace GuestAgent.Warnings;

/// <summary>Everything that decides where a path leads: each directory and link on the way, and what is at its end.</summary>
internal static class PathChain
{
    // As the kernel, path_resolution(7).
    private const int MaxLinks = 40;

    /// <summary>Lists it, up to where the path stops to exist.</summary>
    public static IEnumerable<ChainLink> Of(string path)
    {
        foreach ((string place, FileStatus? status) in Walk(path))
        {
            if (status is { } found)
            {
                yield return new ChainLink(place, found);
            }
        }
    }

    /// <summary>The paths of the same, with what is missing first and with where the path would end, if it ended.</summary>
    public static IEnumerable<string> Places(string path) => Walk(path).Select(step => step.Place);

    private static IEnumerable<(string Place, FileStatus? Status)> Walk(string path)
    {
        Stack<string> rest = new(path.Split('/').Reverse());
        string at = "";
        int links = 0;
        if (FileStatus.At("/") is { } root)
        {
            yield return ("/", root);
        }

        while (rest.TryPop(out string? name))
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..")
            {
                at = at[..Math.Max(at.LastIndexOf('/'), 0)];
                continue;
            }

            string next = $"{at}/{name}";
            if (TryLook(next) is not { } status)
            {
                yield return (next, null);
                if (!rest.Contains(".."))
                {
                    yield return (string.Join('/', rest.Where(below => below is not ("" or ".")).Prepend(next)), null);
                }

                yield break;
            }

            yield return (next, status);
            if (status.Kind != FileKind.SymbolicLink)
            {
                at = next;
            }
            else if (++links <= MaxLinks && new FileInfo(next).LinkTarget is { } target)
            {
                at = target.StartsWith('/') ? "" : at;
                foreach (string component in target.Split('/').Reverse())
                {
                    rest.Push(component);
                }
            }
            else
            {
                yield break;
            }
        }
    }

    private static FileStatus? TryLook(string path)
    {
        try
        {
            return FileStatus.At(path);
        }
        catch (LinuxException)
        {
            // Not a directory above it, or out of reach: nothing is there.
            return null;
        }
    }
}
