using GuestAgent.Accounts;
using GuestAgent.Errors;

namespace GuestAgent.Policy;

/// <summary>Tells the host that there is no such user or group.</summary>
internal static class AccountFailure
{
    /// <summary>The peer's view of a user or group that the guest does not have.</summary>
    public static OperationException From(AccountException e) =>
        new(ErrorCode.NotFound, e.Message, new ErrorDetail("account", e.IsGroup ? "group" : "user"), e);
}
