using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// Permission to run one program in one way. Made by <see cref="CommandPolicy"/> and <see cref="RuntimePolicy"/> alone. What
/// it holds open is for the start, and disposed then.
/// </summary>
/// <param name="Path">The program, absolute, as the rule writes it.</param>
/// <param name="Program">The program itself, where its path may have come to lead elsewhere; null: the path is enough.</param>
/// <param name="Directory">The working directory that was asked for; null for the default.</param>
/// <param name="User">The user to run as; null for the agent's own.</param>
/// <param name="Group">The primary group; null for the user's own.</param>
/// <param name="TimeLimit">How long it may run, and who says so.</param>
/// <param name="MaxOutputBytes">How many bytes of each output may be kept.</param>
/// <param name="Rule">What of the configuration has granted it.</param>
/// <param name="NewPrivileges">Whether it may gain privileges when it runs as another user.</param>
internal sealed record CommandGrant(
    string Path,
    SafeFileHandle? Program,
    Place? Directory,
    string? User,
    string? Group,
    TimeLimit TimeLimit,
    int MaxOutputBytes,
    string? Rule,
    bool NewPrivileges = false) : IGrant, IDisposable
{
    /// <summary>What the program is told to be called, <c>argv[0]</c>.</summary>
    public string Name { get; init; } = Path;

    /// <inheritdoc/>
    public string Subject => User is null ? Path : $"{Path} as {User}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Program?.Dispose();
        Directory?.Dispose();
    }

    /// <inheritdoc/>
    public void RequireCovers(IGrant former)
    {
        if (former is not CommandGrant command)
        {
            return;
        }

        if (command.User != User || command.Group != Group)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy allows {Path} as another user only.",
                new ErrorDetail("policy.commands", "user"));
        }

        if (command.NewPrivileges && !NewPrivileges)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy allows {Path} without new privileges only.",
                new ErrorDetail("policy.commands", "command"));
        }
    }
}
