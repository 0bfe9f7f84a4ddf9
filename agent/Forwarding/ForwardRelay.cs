using GuestAgent.Commands;
using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Forwarding;

/// <summary>
/// Carries a connected socket's bytes both ways until both have ended, each by itself: who sends no more may still read. What ends
/// one of them by force ends the other.
/// </summary>
/// <param name="loop">Watches sockets.</param>
internal sealed class ForwardRelay(EpollLoop loop)
{
    /// <summary>Carries a connection to its end.</summary>
    /// <param name="socket">Connected, not blocking; owned from here on.</param>
    /// <param name="connection">Its place.</param>
    /// <param name="context">Whose it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: the other end has cut it off.</exception>
    public async Task<ForwardResult> RunAsync(
        SafeFileHandle socket, ForwardedConnection connection, CallContext context, CancellationToken cancellationToken)
    {
        using var stream = new AsyncDescriptor(socket, loop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var received = new ForwardedBytes(context, connection.Window);
        Task receiving = ReceiveAsync(stream, received, over.Token);
        Task<bool> sending = SendAsync(socket, stream, connection.Input, over.Token);
        Task first = await Task.WhenAny(receiving, sending);
        if (!first.IsCompletedSuccessfully)
        {
            await over.CancelAsync();
        }

        try
        {
            await receiving;
            await sending;
        }
        catch (LinuxException e) when (!Errno.IsExhaustion(e.Errno))
        {
            throw CutOff(e.Errno);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sending.IsCompletedSuccessfully || !await sending)
            {
                // Not as if all had been said: who reads there is to see that it was cut off.
                StreamSocket.CutOffWhenClosed(socket);
            }
        }

        return new ForwardResult(received.TotalBytes, connection.Input.TotalBytes);
    }

    private static async Task ReceiveAsync(AsyncDescriptor stream, ForwardedBytes received, CancellationToken over)
    {
        if (!await OutputPump.RunAsync(stream, received, over, over))
        {
            throw new OperationCanceledException(over);
        }

        await received.EndAsync(over);
    }

    // Where nobody reads any more, what still comes from there is carried all the same; who sends is told.
    // False where it ended before the host had said all.
    private static async Task<bool> SendAsync(SafeFileHandle socket, AsyncDescriptor stream, InputQueue input, CancellationToken over)
    {
        if (!await input.DrainAsync(stream, over))
        {
            return false;
        }

        StreamSocket.EndSending(socket);
        return true;
    }

    private static OperationException CutOff(int errno) => new(
        ErrorCode.NotFound,
        $"The connection was cut off: {Errno.Describe(errno)}.",
        new ErrorDetail("forward", Errno: Errno.Name(errno)));
}
