using GuestAgent.Dispatch;
using GuestAgent.Errors;

namespace GuestAgent.Policy;

/// <summary>Permission to run one program of a host. Made by <see cref="RuntimePolicy"/> alone.</summary>
/// <param name="Runtime">Name of the runtime.</param>
/// <param name="Command">Permission for the program that runs it, with its limits.</param>
/// <param name="Arguments">That program's whole argv.</param>
/// <param name="Environment">Variables for it.</param>
/// <param name="File">The file to run, relative; leads nowhere outside.</param>
/// <param name="Directory">Where it gets a directory of its own.</param>
/// <param name="MaxFiles">Most entries of its archive.</param>
/// <param name="MaxUnpackedBytes">Most bytes of its archive when unpacked.</param>
/// <param name="Confinement">How it is shut in; null for not at all.</param>
internal sealed record WorkloadGrant(
    string Runtime,
    CommandGrant Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string File,
    string Directory,
    int MaxFiles,
    long MaxUnpackedBytes,
    ConfinementGrant? Confinement) : IGrant, IDisposable
{
    /// <inheritdoc/>
    public string Subject => $"{Runtime} by {Command.Subject}";

    /// <inheritdoc/>
    public string? Rule => Command.Rule;

    /// <inheritdoc/>
    public void Dispose() => Command.Dispose();

    /// <inheritdoc/>
    public void RequireCovers(IGrant former)
    {
        if (former is WorkloadGrant other && !RunsAs(other))
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy runs programs of {Runtime} in another way.",
                new ErrorDetail($"policy.runtimes.{Runtime}", "runtime"));
        }
    }

    // Limits are of the start, and do not count here.
    private bool RunsAs(WorkloadGrant other) =>
        Command.Path == other.Command.Path
        && Command.User == other.Command.User
        && Arguments.SequenceEqual(other.Arguments, StringComparer.Ordinal)
        && Environment.Count == other.Environment.Count
        && Environment.All(variable => other.Environment.GetValueOrDefault(variable.Key) == variable.Value);
}
