namespace GuestAgent.Dispatch;

/// <summary>
/// Permission for one request. Grants that lead to something are made by the policy alone, and what needs permission
/// takes a grant, so that no operation can reach it around the policy.
/// </summary>
internal interface IGrant
{
    /// <summary>What was granted, for the audit record: no arguments, no payload.</summary>
    string Subject { get; }
}

/// <summary>Grants the permission for a request, or refuses with an <see cref="Errors.OperationException"/>.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TGrant">The permission.</typeparam>
internal delegate TGrant Authorize<in TRequest, out TGrant>(TRequest request, CallContext context)
    where TGrant : IGrant;

/// <summary>The permission of operations that only look and need none.</summary>
internal sealed class Unrestricted : IGrant
{
    /// <summary>The one instance.</summary>
    public static readonly Unrestricted Instance = new();

    private Unrestricted()
    {
    }

    /// <inheritdoc/>
    public string Subject => "-";
}
