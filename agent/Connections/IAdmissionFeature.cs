namespace GuestAgent.Connections;

/// <summary>Set by transports that choose whom they serve, which the settings in force decide.</summary>
internal interface IAdmissionFeature
{
    /// <summary>True while the peer may stay.</summary>
    bool IsAdmitted { get; }
}
