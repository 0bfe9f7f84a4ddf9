using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Contracts;

/// <summary>One operation as both sides know it: its name on the wire, what it may do, and the JSON shapes.</summary>
/// <typeparam name="TRequest">Parameters.</typeparam>
/// <typeparam name="TResult">Result.</typeparam>
/// <param name="name">Name on the wire, snake_case.</param>
/// <param name="access">What it may do to the guest.</param>
/// <param name="request">Makes the JSON shape of the parameters.</param>
/// <param name="result">Makes the JSON shape of the result.</param>
public sealed class OperationContract<TRequest, TResult>(
    string name, Access access, Func<JsonTypeInfo<TRequest>> request, Func<JsonTypeInfo<TResult>> result) : IOperationContract
    where TRequest : class
    where TResult : class
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Access Access => access;

    /// <summary>JSON shape of the parameters; made at first use, since most guests use few of the operations.</summary>
    public JsonTypeInfo<TRequest> Request => request();

    /// <summary>JSON shape of the result, likewise.</summary>
    public JsonTypeInfo<TResult> Result => result();

    /// <inheritdoc/>
    /// <remarks>What only looks or reads is, unless it says otherwise.</remarks>
    public bool IsRepeatable { get; init; } = access is Access.Observe or Access.Read;

    /// <summary>
    /// Longest time that the agent spends on it; null when the operation has a time limit of its own. 30 s by default:
    /// what the hosts of the replaced systems wait for a reply.
    /// </summary>
    public TimeSpan? Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How its reply may have a body; null when it never has one.</summary>
    public BodyContract<TRequest, TResult>? Body { get; init; }

    /// <inheritdoc/>
    public bool ContinuesAuditedCall { get; init; }

    /// <inheritdoc/>
    public bool IsAuditedFirst => access >= Access.Modify && !ContinuesAuditedCall;

    /// <inheritdoc/>
    public bool IsProbe { get; init; }

    /// <inheritdoc/>
    public bool TakesBytes { get; init; }

    /// <inheritdoc/>
    public bool IsLimitedElsewhere { get; init; }

    /// <inheritdoc/>
    public bool MayBlock
    {
        get => field || (Access != Access.Observe && !ContinuesAuditedCall);
        init;
    }
}
