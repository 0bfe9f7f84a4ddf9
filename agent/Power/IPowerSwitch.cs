using GuestAgent.Errors;
using GuestAgent.Policy;

namespace GuestAgent.Power;

/// <summary>What powers the guest off or restarts it; something harmless in tests.</summary>
internal interface IPowerSwitch
{
    /// <summary>Refuses now what could not be done later.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotSupported"/>.</exception>
    void Require(PowerGrant grant);

    /// <summary>Does it. When this returns, it has begun or failed; the log says which.</summary>
    Task ActAsync(PowerGrant grant);
}
