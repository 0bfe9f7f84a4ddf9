using GuestAgent.Accounts;
using GuestAgent.Policy;

namespace GuestAgent.Commands;

/// <summary>The environment of commands: what a login would set, not what the agent happens to have.</summary>
internal static class BaseEnvironment
{
    /// <summary>NAME=VALUE of the base, overridden by <paramref name="added"/>.</summary>
    public static IReadOnlyList<string> With(IReadOnlyDictionary<string, string> added, Account account)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = SearchPath.Text,
            ["HOME"] = account.Home,
            ["USER"] = account.Name,
            ["LOGNAME"] = account.Name,
            ["SHELL"] = account.Shell,
        };
        if (Environment.GetEnvironmentVariable("LANG") is { Length: > 0 } language)
        {
            variables["LANG"] = language;
        }

        foreach ((string name, string value) in added)
        {
            variables[name] = value;
        }

        List<string> environment = new(variables.Count);
        foreach ((string name, string value) in variables)
        {
            environment.Add($"{name}={value}");
        }

        return environment;
    }
}
