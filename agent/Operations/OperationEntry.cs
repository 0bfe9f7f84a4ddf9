using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations;

/// <summary>One line of the table of operations.</summary>
/// <param name="Contract">The operation's contract.</param>
/// <param name="MakeRoute">Makes its route: who must allow it, and what runs.</param>
/// <param name="MayBeAllowed">
/// Whether the policy in force allows it with any parameters at all, by what its permission asks first; null for what needs none.
/// </param>
internal sealed record OperationEntry(
    IOperationContract Contract, Func<OperationParts, Route> MakeRoute, Func<OperationParts, bool>? MayBeAllowed);
