using GuestAgent.Linux.Io;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Connections;

/// <summary>Tells a host that has only finished sending from one that is gone: both look like the end of the input.</summary>
internal static class HostPresence
{
    // A half-closed connection with work in flight is rare and short: looking now and then costs less than watching.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for <paramref name="work"/> as long as the host can still read its answer.</summary>
    /// <returns>True when the work is done; false when the host is gone.</returns>
    public static async Task<bool> WaitAsync(ConnectionContext connection, Task work)
    {
        while (!work.IsCompleted && StillReads(connection))
        {
            await work.WaitAsync(LookInterval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return work.IsCompleted && StillReads(connection);
    }

    private static bool StillReads(ConnectionContext connection) =>
        connection.Features.Get<IStreamSocketFeature>()?.Socket is { } socket && !HangUp.Of(socket);
}
