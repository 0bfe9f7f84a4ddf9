using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Which failures concern one entry of a tree, so that the others can still be copied.</summary>
internal static class Failing
{
    /// <summary>False when there is no use in going on, as after a lost connection.</summary>
    public static bool IsOfOneEntry(Exception e) =>
        e is GuestAgentException or GuestTransferException or NoInputException or NoOutputException or InTheWayException;
}
