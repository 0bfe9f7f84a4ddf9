namespace GuestAgent.Tests.Unit.Policy.TruthTable;

/// <summary>
/// The same decision a second time, as simply as it can be said: with texts, <c>readlink</c> and <c>stat</c>, on a file
/// system that nobody changes meanwhile. It shares no code with the policy.
/// </summary>
internal sealed class PlainVerdict(Func<string, bool> isStrangers)
{
    private static readonly string[] SearchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private enum End
    {
        There,
        Gone,
        Shut,
        Magic,
    }

    /// <summary>Decides.</summary>
    /// <param name="rule">Path of the only rule.</param>
    /// <param name="request">The command that is asked for.</param>
    public Verdict Of(string rule, string request)
    {
        bool bare = !request.Contains('/', StringComparison.Ordinal);
        if (request.Length == 0 || (!bare && (request[0] != '/' || request.Split('/').Contains(".."))))
        {
            return Verdict.Invalid;
        }

        if (request.Split('/')[^1] != rule.Split('/')[^1])
        {
            return Verdict.NotNamed;
        }

        if (bare)
        {
            string? found = SearchPath.Select(directory => $"{directory}/{request}").FirstOrDefault(IsProgram);
            return found is null ? Verdict.Missing : IsSame(rule, found) ? Run(rule) : Verdict.NotNamed;
        }

        return Plain(rule) == Plain(request) || IsSame(rule, request) ? Run(rule) : Verdict.NotNamed;
    }

    private static string Plain(string path) =>
        string.Join('/', path.Split('/').Where(component => component is not ("" or ".")));

    private bool IsProgram(string path) => Walk(path) is { End: End.There } found && File.Exists(found.Path)
        && (File.GetUnixFileMode(found.Path) & (UnixFileMode)0b001_001_001) != 0;

    private bool IsSame(string rule, string request)
    {
        (string one, End oneEnd, _) = Walk(Path.GetDirectoryName(rule)!);
        (string other, End otherEnd, _) = Walk(Path.GetDirectoryName(request)!);
        return oneEnd == End.There && otherEnd == End.There && one == other && Directory.Exists(one);
    }

    private Verdict Run(string rule)
    {
        (string path, End end, bool weak) = Walk(rule);
        if (end != End.There)
        {
            return end == End.Shut ? Verdict.Changeable : Verdict.Missing;
        }

        if (Interpreter(path) is not { } interpreter)
        {
            return weak ? Verdict.RunHeld : Verdict.RunByPath;
        }

        return weak || !IsSafe(interpreter) ? Verdict.Changeable : Verdict.RunByPath;
    }

    private bool IsSafe(string interpreter)
    {
        if (!interpreter.StartsWith('/'))
        {
            return false;
        }

        (string path, End end, bool weak) = Walk(interpreter);
        return !weak && end != End.Magic
            && (end != End.There || Interpreter(path) is not { } next || IsSafe(next));
    }

    private static string? Interpreter(string path) =>
        File.Exists(path) && File.ReadAllText(path) is var text && text.StartsWith("#!", StringComparison.Ordinal)
            ? text[2..].Split('\n')[0].Trim().Split(' ')[0]
            : null;

    // Where a path leads, how that ends, and whether others can change it.
    private (string Path, End End, bool Weak) Walk(string path)
    {
        string at = "";
        bool weak = false;
        var rest = new Stack<string>(path.Split('/').Reverse());
        for (int links = 0; rest.TryPop(out string? name);)
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..")
            {
                at = at[..Math.Max(0, at.LastIndexOf('/'))];
                continue;
            }

            string here = at + "/" + name;
            weak |= IsOpen(at, here);
            if (new FileInfo(here).LinkTarget is not { } target)
            {
                if (!File.Exists(here) && !Directory.Exists(here))
                {
                    return (here, End.Gone, weak);
                }

                at = here;
            }
            else if (at.StartsWith("/proc/", StringComparison.Ordinal))
            {
                return (here, End.Magic, weak);
            }
            else if (weak || isStrangers(here))
            {
                return (here, End.Shut, true);
            }
            else if (++links > 40)
            {
                return (here, End.Magic, weak);
            }
            else
            {
                at = target.StartsWith('/') ? "" : at;
                foreach (string part in target.Split('/').Reverse())
                {
                    rest.Push(part);
                }
            }
        }

        return (at.Length == 0 ? "/" : at, End.There, weak);
    }

    private bool IsOpen(string directory, string entry)
    {
        UnixFileMode mode = File.GetUnixFileMode(directory.Length == 0 ? "/" : directory);
        return isStrangers(directory)
            || ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0
                && ((mode & UnixFileMode.StickyBit) == 0 || isStrangers(entry) || CanBeMovedIn(entry)));
    }

    // All but a directory that root alone may write.
    private static bool CanBeMovedIn(string entry) =>
        !Directory.Exists(entry)
        || new FileInfo(entry).LinkTarget is not null
        || (File.GetUnixFileMode(entry) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
}
