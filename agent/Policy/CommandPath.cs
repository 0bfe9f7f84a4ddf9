using GuestAgent.Linux;

namespace GuestAgent.Policy;

/// <summary>
/// A program's place in the file system, told apart from what it links to. Where <c>/bin/ls</c> and <c>/bin/sh</c> are
/// links to one busybox, they are two programs: only the link's own name says which one runs.
/// </summary>
/// <param name="Link">Real directory and own name.</param>
/// <param name="Target">The file behind all links; equal to <paramref name="Link"/> where there are none.</param>
internal readonly record struct CommandPath(string Link, string Target)
{
    /// <summary>Where a name without a slash is looked up: what a login shell of root has.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Finds a program as a request names it.</summary>
    /// <param name="command">An absolute path, or a name without a slash.</param>
    /// <returns>Null when there is no such file.</returns>
    public static CommandPath? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            return Resolve(command);
        }

        foreach (string directory in SearchPath.Split(':'))
        {
            if (Resolve($"{directory}/{command}") is { } found && RealPath.IsExecutable(found.Target))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Resolves an absolute path.</summary>
    /// <returns>Null when there is no such file.</returns>
    public static CommandPath? Resolve(string path)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        if (slash < 0 || name is "" or "." or ".."
            || RealPath.Of(slash == 0 ? "/" : path[..slash]) is not { } directory
            || RealPath.Of(path) is not { } target)
        {
            return null;
        }

        return new CommandPath(directory == "/" ? "/" + name : $"{directory}/{name}", target);
    }

    /// <summary>True when a rule for <paramref name="rule"/> speaks of this program.</summary>
    public bool IsNamedBy(CommandPath rule) => Link == rule.Link || Target == rule.Link;
}
