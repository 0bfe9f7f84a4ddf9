namespace GuestAgent.Contracts;

/// <summary>
/// What an operation may do to the guest, from harmless to drastic. Policy and audit compare it: from <see cref="Modify"/> on
/// a call is recorded before it starts.
/// </summary>
public enum Access
{
    /// <summary>Only looks, at nothing that needs permission.</summary>
    Observe = 0,

    /// <summary>Reads what the policy must allow.</summary>
    Read = 1,

    /// <summary>Changes files or settings.</summary>
    Modify = 2,

    /// <summary>Runs programs or acts on running ones.</summary>
    Execute = 3,

    /// <summary>Ends or suspends the guest.</summary>
    Power = 4,
}
