using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>What warnings are found in.</summary>
/// <param name="Settings">The configuration.</param>
/// <param name="File">Path of its file.</param>
internal sealed record WarningInput(AgentSettings Settings, string File)
{
    /// <summary>The rules for commands, each with its JSON path; none where every command is allowed.</summary>
    public IEnumerable<(string Path, CommandRule Rule)> Rules()
    {
        foreach ((int index, CommandRule rule) in (Settings.Policy.Commands.Rules ?? []).Index())
        {
            yield return ($"$.policy.commands[{index}]", rule);
        }
    }

    /// <summary>The runtimes, each with its JSON path.</summary>
    public IEnumerable<(string Path, RuntimeRule Rule)> Runtimes()
    {
        foreach ((string name, RuntimeRule rule) in Settings.Policy.Runtimes)
        {
            yield return ($"$.policy.runtimes.{name}", rule);
        }
    }

    /// <summary>
    /// The files that decide what rules run, each with the place that names it: programs, the interpreters of scripts, and
    /// files that are given to interpreters.
    /// </summary>
    public IEnumerable<RuleFile> RuleFiles()
    {
        foreach ((string path, CommandRule rule) in Rules())
        {
            foreach (RuleFile file in RuleFile.Of(path + ".path", rule.Path, rule.User))
            {
                yield return file;
            }

            foreach ((int index, string word) in (rule.Args ?? []).Index())
            {
                if (word.StartsWith('/') && !Patterns.IsFree(word) && KnownPrograms.IsInterpreter(rule.Path))
                {
                    yield return new RuleFile($"{path}.args[{index}]", word, rule.User);
                }
            }
        }

        foreach ((string path, RuntimeRule rule) in Runtimes())
        {
            foreach (RuleFile file in RuleFile.Of(path + ".command", rule.Command, rule.User))
            {
                yield return file;
            }
        }
    }
}
