namespace GuestAgent.Cli.Completion;

/// <summary>
/// Shell functions that ask guestctl itself for the next word, by the <c>[suggest:POSITION]</c> directive of
/// System.CommandLine, and otherwise complete files.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>
    /// For bash: <c>eval "$(guestctl completion bash)"</c>, or a file in bash-completion's directory.
    /// </summary>
    public const string Bash = """
        # bash completion for guestctl
        _guestctl() {
            local word="${COMP_WORDS[COMP_CWORD]}"
            local -a words
            mapfile -t words < <(guestctl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "${word}")
        }
        complete -o default -F _guestctl guestctl

        """;

    /// <summary>For zsh: a file <c>_guestctl</c> in a directory of <c>fpath</c>, or <c>eval</c>.</summary>
    public const string Zsh = """
        #compdef guestctl
        _guestctl() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=(${(f)"$(guestctl "[suggest:${#line}]" "${line}" 2>/dev/null)"})
            compadd -a found || _files
        }
        compdef _guestctl guestctl

        """;

    /// <summary>
    /// For fish: <c>guestctl completion fish | source</c>, or a file in <c>~/.config/fish/completions</c>.
    /// </summary>
    public const string Fish = """
        # fish completion for guestctl
        function __guestctl_words
            set -l line (commandline -cp)
            guestctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c guestctl -a '(__guestctl_words)'

        """;
}
