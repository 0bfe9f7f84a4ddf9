using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Contracts;

/// <summary>One operation as both sides know it: its name on the wire, what it may do, and the JSON shapes.</summary>
/// <typeparam name="TRequest">Parameters.</typeparam>
/// <typeparam name="TResult">Result.</typeparam>
/// <param name="Name">Name on the wire, snake_case.</param>
/// <param name="Access">What it may do to the guest.</param>
/// <param name="Request">JSON shape of the parameters.</param>
/// <param name="Result">JSON shape of the result.</param>
public sealed record OperationContract<TRequest, TResult>(
    string Name, Access Access, JsonTypeInfo<TRequest> Request, JsonTypeInfo<TResult> Result) : IOperationContract
    where TRequest : class
    where TResult : class
{
    /// <inheritdoc/>
    /// <remarks>What only looks or reads is, unless it says otherwise.</remarks>
    public bool IsRepeatable { get; init; } = Access is Access.Observe or Access.Read;

    /// <summary>
    /// Longest time that the agent spends on it; null when the operation has a time limit of its own. 30 s by default:
    /// what the hosts of the replaced systems wait for a reply.
    /// </summary>
    public TimeSpan? Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public bool ContinuesAuditedCall { get; init; }

    /// <inheritdoc/>
    public bool MayBlock
    {
        get => field || (Access != Access.Observe && !ContinuesAuditedCall);
        init;
    }
}
