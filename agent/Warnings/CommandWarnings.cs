using GuestAgent.Linux.Files;
using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Rules whose arguments make more of a program than its name says.</summary>
internal static class CommandWarnings
{
    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        if (input.Settings.Policy.Commands.Any)
        {
            yield return new ConfigurationWarning(
                "$.policy.commands",
                "\"any\" lets the host run every program as every user, whatever the rest of the policy says; list the programs.");
        }

        foreach ((string path, CommandRule rule) in input.Rules())
        {
            string name = rule.Path[(rule.Path.LastIndexOf('/') + 1)..];
            if (Message(rule, name, Patterns.Of(rule)) is { } message)
            {
                yield return new ConfigurationWarning(path, message);
            }

            foreach ((int index, string pattern) in (rule.Args ?? []).Index())
            {
                if (Patterns.LeadOut(pattern))
                {
                    yield return new ConfigurationWarning(
                        $"{path}.args[{index}]",
                        "* also stands for slashes, and so leads out of the directory by \"..\"; write the paths out.");
                }
            }
        }
    }

    private static string? Message(CommandRule rule, string name, IReadOnlyList<string> args)
    {
        switch (KindOf(rule))
        {
            case ProgramKind.Interpreter:
                ScriptChoice script = ScriptChoice.OfInterpreter(args);
                return script.IsFree
                    ? $"{name} runs any code that the host gives it, by an argument or on standard input; write out a script by its "
                        + "whole path, before what the host may choose."
                    : script.Relative is { } index
                        ? $"{name} looks {args[index]} up in the working directory, which the host may choose; write its whole path."
                        : null;
            case ProgramKind.Launcher when ScriptChoice.OfLauncher(args).IsFree:
                return $"{name} runs any program that the host names; write that program out, or a rule for the program itself.";
            case ProgramKind.MultiCall when Patterns.LeaveFirst(args):
                return $"{name} is many programs, and its first argument says which, a shell perhaps; write that argument out.";
            case ProgramKind.HasPowerfulOptions when Patterns.LeaveOption(args):
                return $"some options of {name} run programs, reach other machines or write files; write \"--\" before what the host "
                    + "may choose, or \"--option=*\" for the value of one option.";
            case ProgramKind.HasPowerfulOperands when Patterns.LeaveOperand(args):
                return $"with arguments of the host's choice {name} can be made to run programs or to write files; write them out.";
            case ProgramKind.Writer when Patterns.LeaveOperand(args):
                return $"with arguments of the host's choice {name} changes more than write_paths and the switches of the policy "
                    + "allow; write them out.";
            case ProgramKind.Reader when Patterns.LeaveOperand(args):
                return $"with arguments of the host's choice {name} reads any file, whatever read_paths says; write them out, or leave "
                    + "it to file_read.";
            case null when Patterns.LeaveFirst(args) && OtherNames(rule.Path) is { Count: > 1 } others:
                return $"{string.Join(", ", others.Take(3))} lead to {name} as well: it may be many programs, of which its first "
                    + "argument chooses one; write that argument out.";
            default:
                return null;
        }
    }

    // By what it is called, and else by what it is: /usr/bin/editor leads to vim.
    private static ProgramKind? KindOf(CommandRule rule) =>
        KnownPrograms.KindOf(rule.Path)
        ?? (RealPath.Of(rule.Path) is { } real && KnownPrograms.KindOf(real) is not ProgramKind.MultiCall and var kind ? kind : null);

    // Links to a program by other names, where it is not itself such a link: that one is what its name says.
    private static List<string> OtherNames(string program)
    {
        List<string> names = [];
        if (new FileInfo(program).LinkTarget is not null || RealPath.Of(program) is not { } real)
        {
            return names;
        }

        string own = real[(real.LastIndexOf('/') + 1)..];
        HashSet<string> directories = [Path.GetDirectoryName(real)!];
        foreach (string directory in (string[])["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
        {
            // /bin may be a link to /usr/bin.
            directories.Add(RealPath.Of(directory) ?? directory);
        }

        foreach (string directory in directories.Where(Directory.Exists))
        {
            foreach (string entry in Directory.EnumerateFiles(directory))
            {
                string name = Path.GetFileName(entry);
                if (name != own && !names.Contains(name) && File.ResolveLinkTarget(entry, returnFinalTarget: false) is not null
                    && RealPath.Of(entry) == real)
                {
                    names.Add(name);
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
