using GuestAgent.Linux.Native;

#pragma warning disable CA1064 // A program has no other assembly that could catch it.

namespace GuestAgent.Execution;

/// <summary>A child that could not be started: which step failed and why.</summary>
/// <param name="step">The step.</param>
/// <param name="errno">The kernel's error number.</param>
/// <param name="subject">The path or the thing that the step was about.</param>
internal sealed class SpawnException(SpawnStep step, int errno, string subject)
    : Exception($"{Describe(step)} {subject}: {Linux.Native.Errno.Describe(errno)} ({Linux.Native.Errno.Name(errno)})")
{
    /// <summary>The step.</summary>
    public SpawnStep Step { get; } = step;

    /// <summary>The kernel's error number.</summary>
    public int Errno { get; } = errno;

    /// <summary>The failure of a step, with what the start says about its subject.</summary>
    public static SpawnException Of(SpawnStep step, int errno, ChildStart start) => new(step, errno, step switch
    {
        SpawnStep.WorkingDirectory => start.WorkingDirectory,
        SpawnStep.Execute when errno == Linux.Native.Errno.ENOENT && NativeMethods.access(start.FileName, LibC.F_OK) == 0 =>
            start.FileName + " (its interpreter is missing)",
        SpawnStep.Execute or SpawnStep.Seclusion or SpawnStep.Mounts => start.FileName,
        SpawnStep.Groups or SpawnStep.Group or SpawnStep.User or SpawnStep.Privileges => start.Account?.Name ?? "",
        _ => "for " + start.FileName,
    });

    /// <summary>A confinement that was demanded and is not to be had.</summary>
    public static SpawnException Unconfined(ConfinementParts missing) =>
        new(SpawnStep.Confinement, Linux.Native.Errno.EOPNOTSUPP, ConfinementNames.Of(missing));

    private static string Describe(SpawnStep step) => step switch
    {
        SpawnStep.Resources => "no resources",
        SpawnStep.Arguments => "impossible arguments",
        SpawnStep.Groups => "cannot set the groups of",
        SpawnStep.Group => "cannot set the group of",
        SpawnStep.User => "cannot become",
        SpawnStep.WorkingDirectory => "working directory",
        SpawnStep.Execute => "cannot execute",
        SpawnStep.Privileges => "cannot limit the privileges of",
        SpawnStep.Confinement => "there is no confinement without",
        SpawnStep.Seclusion => "cannot confine",
        SpawnStep.Keyring => "no session keyring",
        SpawnStep.Mounts => "the guest refuses own mounts to",
        _ => "no launcher",
    };
}
