using GuestAgent.Linux.Io;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Connections;

/// <summary>Waits until the peer has read what the transport was given, where the kernel can tell.</summary>
internal static class TakenBytes
{
    // There is no event for it, and it is waited for at the end of the guest's life only.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Completes when nothing is unread, or at once where nobody knows.</summary>
    public static async Task WaitAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        while (connection.Features.Get<IStreamSocketFeature>()?.Socket is { } socket
            && AvailableBytes.Unsent(socket) > 0)
        {
            await Task.Delay(LookInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
