namespace GuestAgent.Execution;

/// <summary>The step at which starting a child failed. The numbers cross the launcher's status pipe.</summary>
internal enum SpawnStep
{
    /// <summary>The kernel refused a pipe, a process or memory.</summary>
    Resources = 1,

    /// <summary>An argument or variable that no Linux process can have.</summary>
    Arguments = 2,

    /// <summary>setgroups(2).</summary>
    Groups = 3,

    /// <summary>setgid(2).</summary>
    Group = 4,

    /// <summary>setuid(2), or the check that there is no way back.</summary>
    User = 5,

    /// <summary>The working directory is missing, no directory, or closed to the user.</summary>
    WorkingDirectory = 6,

    /// <summary>The program is missing, not executable, or not a program.</summary>
    Execute = 7,

    /// <summary>The launcher itself did not start or died before its report.</summary>
    Launcher = 8,

    /// <summary>no_new_privs or the capability sets; see <see cref="Linux.Privileges"/>.</summary>
    Privileges = 9,

    /// <summary>A part of a confinement that was demanded, and that there is not.</summary>
    Confinement = 10,

    /// <summary>A confinement that failed halfway: a mount, a limit.</summary>
    Seclusion = 11,

    /// <summary>The guest refuses mounts at all, in a namespace in which root might have them.</summary>
    Mounts = 12,

    /// <summary>keyctl(2): an own session keyring; see <see cref="Linux.SessionKeyring"/>.</summary>
    Keyring = 13,
}
