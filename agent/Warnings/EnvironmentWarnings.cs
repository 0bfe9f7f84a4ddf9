using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Rules that let the host set variables by which a program becomes another.</summary>
internal static class EnvironmentWarnings
{
    // What loaders, shells, interpreters and pagers run or load: ld.so(8), bash(1) and the manual page of each.
    private static readonly string[] Powerful =
    [
        "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "BASH_ENV", "ENV", "SHELLOPTS",
        "BASHOPTS", "PS4", "PROMPT_COMMAND", "IFS", "PATH", "HOME", "XDG_CONFIG_HOME", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP",
        "PYTHONINSPECT", "PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB", "NODE_OPTIONS", "NODE_PATH",
        "LUA_INIT", "LUA_PATH", "LUA_CPATH", "PHPRC", "PHP_INI_SCAN_DIR", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH",
        "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_GLOBAL", "PAGER", "MANPAGER", "SYSTEMD_PAGER", "EDITOR",
        "VISUAL", "LESSOPEN", "LESSCLOSE", "TAR_OPTIONS", "MAKEFLAGS", "AWKPATH", "OPENSSL_CONF", "CURL_HOME", "TERMINFO",
        "DBUS_SYSTEM_BUS_ADDRESS", "SUDO_ASKPASS", "SSH_ASKPASS",
    ];

    /// <summary>Lists them. Programs of a runtime are the host's own.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        foreach ((string path, CommandRule rule) in input.Rules())
        {
            foreach ((int index, string pattern) in (rule.Env ?? []).Index())
            {
                string[] admitted = Array.FindAll(Powerful, name => Pattern.Matches(pattern, name));
                if (admitted.Length > 0)
                {
                    yield return new ConfigurationWarning(
                        $"{path}.env[{index}]",
                        $"admits {admitted[0]}{(admitted.Length > 1 ? $" and {admitted.Length - 1} more" : "")}, by which the host can "
                        + "make another program of this one; write the variables' names out.");
                }
            }
        }
    }
}
