using GuestAgent.Dispatch;

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
internal sealed record WorkloadGrant(
    string Runtime,
    CommandGrant Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string File,
    string Directory,
    int MaxFiles,
    long MaxUnpackedBytes) : IGrant
{
    /// <inheritdoc/>
    public string Subject => $"{Runtime} by {Command.Subject}";
}
