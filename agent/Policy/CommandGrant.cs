using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to run one program in one way. Made by <see cref="CommandPolicy"/> alone.</summary>
/// <param name="Path">The program, absolute, its directory free of symbolic links.</param>
/// <param name="User">The user to run as; null for the agent's own.</param>
/// <param name="Group">The primary group; null for the user's own.</param>
/// <param name="TimeLimit">How long it may run.</param>
/// <param name="MaxOutputBytes">How many bytes of each output may be kept.</param>
internal sealed record CommandGrant(
    string Path, string? User, string? Group, TimeSpan TimeLimit, int MaxOutputBytes) : IGrant
{
    /// <inheritdoc/>
    public string Subject => User is null ? Path : $"{Path} as {User}";
}
