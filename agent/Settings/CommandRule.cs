namespace GuestAgent.Settings;

/// <summary>Allows one program, under conditions. The first rule whose path and conditions fit a request decides.</summary>
/// <param name="Path">Absolute path of the program, under which it is run. Where it is a symbolic link, only that link's
/// name is allowed, neither what it points to nor other links there: a rule for <c>/bin/ls</c> does not allow all of busybox.
/// </param>
/// <param name="Args">
/// One pattern for each argument, in order; <c>*</c> and <c>?</c> as in a shell, <c>\</c> before a literal one; a last
/// element <c>...</c> stands for any further arguments. Absent: any arguments.
/// </param>
/// <param name="Env">Names of variables, as patterns, that a request may set; none when absent.</param>
/// <param name="User">The user to run as, name or number; <c>*</c>: the request may choose. Absent: the agent's.</param>
/// <param name="WorkingDirectories">Directory trees in which a request may have it start; none when absent.</param>
/// <param name="TimeoutSeconds">
/// Longest time limit; a longer one asked for is refused. 0 for none, <see cref="LimitSettings.MaxCommandSeconds"/> included.
/// </param>
/// <param name="MaxOutputBytes">Most bytes kept of each output; more asked for is lowered to it.</param>
/// <param name="NewPrivileges">
/// Whether a command that runs as another user may gain privileges, by set-user-ID programs such as sudo or by capabilities
/// of files such as ping's.
/// </param>
internal sealed record CommandRule(
    string Path,
    IReadOnlyList<string>? Args = null,
    IReadOnlyList<string>? Env = null,
    string? User = null,
    IReadOnlyList<string>? WorkingDirectories = null,
    double? TimeoutSeconds = null,
    int? MaxOutputBytes = null,
    bool NewPrivileges = false)
{
    /// <summary>The value of <see cref="User"/> that lets the request choose.</summary>
    public const string AnyUser = "*";

    /// <summary>Longest time limit that can be written, 30 days; beyond it is none, 0.</summary>
    public const double MostSeconds = 30 * 24 * 3600;

    /// <summary>The last element of <see cref="Args"/> that stands for any further arguments.</summary>
    public const string MoreArguments = "...";
}
