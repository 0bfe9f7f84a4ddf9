using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations;

/// <summary>One line of the table of operations.</summary>
/// <param name="Contract">The operation's contract.</param>
/// <param name="MakeRoute">Makes its route: who must allow it, and what runs.</param>
internal sealed record OperationEntry(IOperationContract Contract, Func<OperationParts, Route> MakeRoute);
