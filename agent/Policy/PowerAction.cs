namespace GuestAgent.Policy;

/// <summary>What can become of the guest.</summary>
internal enum PowerAction
{
    /// <summary>It is switched off.</summary>
    PowerOff,

    /// <summary>It starts again.</summary>
    Reboot,
}
