using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>A listener that waits out whatever is in its way.</summary>
internal interface IPatientListener : IConnectionListener
{
    /// <summary>What is in its way now, such as <c>is not there</c>; null when hosts can come.</summary>
    string? Obstacle { get; }
}
