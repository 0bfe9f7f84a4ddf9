namespace GuestAgent.Dispatch;

/// <summary>Knows what goes on of one kind.</summary>
internal interface IOngoingSource
{
    /// <summary>What goes on at this moment.</summary>
    IReadOnlyList<IOngoing> Now();
}
