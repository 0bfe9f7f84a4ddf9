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
            local line="${COMP_LINE:0:COMP_POINT}" typed before="" word
            typed="${line##*[[:space:]]}"
            # A colon ends a word for bash, so that it has the rest of ours alone.
            if [[ "${COMP_WORDBREAKS}" == *:* && "${typed}" == *:* ]]; then
                before="${typed%"${typed##*:}"}"
            fi
            COMPREPLY=()
            while IFS= read -r word; do
                if [[ "${word}" == "${typed}"* ]]; then
                    # Of a directory more may follow.
                    [[ "${word}" != */ ]] || compopt -o nospace 2>/dev/null
                    printf -v word '%q' "${word#"${before}"}"
                    COMPREPLY+=("${word}")
                fi
            done < <(guestctl "[suggest:${#line}]" "${line}" 2>/dev/null)
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
            local -a directories=(${(M)found:#*/})
            found=(${found:#*/})
            compadd -S '' -a directories
            compadd -a found || (( ${#directories} )) || _files
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
