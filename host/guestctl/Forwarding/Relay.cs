using System.Net.Sockets;
using GuestAgent.Host;

namespace GuestAgent.Cli.Forwarding;

/// <summary>
/// Carries bytes between this host and a connection of the guest until both directions have ended, each by itself; what cuts one off
/// ends the other.
/// </summary>
internal static class Relay
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Carries a socket's bytes; it is disposed.</summary>
    public static async Task RunAsync(Socket socket, GuestStream guest, CancellationToken cancellationToken)
    {
        using (socket)
        {
            try
            {
                await using var stream = new NetworkStream(socket, ownsSocket: false);
                await RunAsync(stream, stream, () => socket.Shutdown(SocketShutdown.Send), guest, cancellationToken);
            }
            catch
            {
                // Not as if all had been said: the other end is to see that it was cut off.
                socket.LingerState = new LingerOption(true, 0);
                throw;
            }
        }
    }

    /// <summary>Carries bytes.</summary>
    /// <param name="input">What goes to the guest.</param>
    /// <param name="output">Takes what comes from there.</param>
    /// <param name="endOutput">Says that no more will come.</param>
    /// <param name="guest">The connection; it is disposed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        Stream input, Stream output, Action endOutput, GuestStream guest, CancellationToken cancellationToken)
    {
        await using (guest)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task sending = SendAsync(input, guest, over.Token);
            Task receiving = ReceiveAsync(guest, output, endOutput, over.Token);
            Task first = await Task.WhenAny(sending, receiving);
            if (!first.IsCompletedSuccessfully)
            {
                await over.CancelAsync();
            }

            // What failed first is why the other was cancelled.
            try
            {
                await first;
                await sending;
                await receiving;
            }
            finally
            {
                await over.CancelAsync();
                await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await guest.Completion.WaitAsync(cancellationToken);
        }
    }

    private static async Task SendAsync(Stream input, GuestStream guest, CancellationToken over)
    {
        byte[] buffer = new byte[BufferBytes];
        while (await input.ReadAsync(buffer, over) is > 0 and var count)
        {
            await guest.WriteAsync(buffer.AsMemory(0, count), over);
        }

        await guest.CompleteWritesAsync(over);
    }

    private static async Task ReceiveAsync(GuestStream guest, Stream output, Action endOutput, CancellationToken over)
    {
        byte[] buffer = new byte[BufferBytes];
        while (await guest.ReadAsync(buffer, over) is > 0 and var count)
        {
            await output.WriteAsync(buffer.AsMemory(0, count), over);
            await output.FlushAsync(over);
        }

        endOutput();
    }
}
