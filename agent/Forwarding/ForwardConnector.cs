using System.Net;
using GuestAgent.Errors;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Forwarding;

/// <summary>Connects to what was granted: to the addresses that were compared, or to the very socket that is held.</summary>
/// <param name="loop">Watches sockets.</param>
internal sealed class ForwardConnector(EpollLoop loop)
{
    private const string Parameter = "address";

    /// <summary>Connects.</summary>
    /// <param name="grant">Where to.</param>
    /// <param name="timeout">Longest time for all addresses together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connected socket, and where it leads to.</returns>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: nobody is there. <see cref="ErrorCode.TimedOut"/>:
    /// nobody answers. <see cref="ErrorCode.Busy"/>: too many wait there.</exception>
    public async ValueTask<(SafeFileHandle Socket, string Address)> ConnectAsync(
        ForwardGrant grant, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (grant.Place?.Target is { } target)
        {
            return (ConnectTo(target, grant.Address), grant.Subject);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        LinuxException? failure = null;
        foreach (IPEndPoint endPoint in grant.EndPoints)
        {
            try
            {
                return (await TcpSocket.ConnectAsync(endPoint, loop, patience.Token), endPoint.ToString());
            }
            catch (LinuxException e)
            {
                // The first address says most: the second of localhost is that of IPv6, which few listen at.
                failure ??= e;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new OperationException(
                    ErrorCode.TimedOut,
                    $"{grant.Address} does not answer.",
                    new ErrorDetail("timeout_seconds", Parameter, Errno: Errno.Name(Errno.ETIMEDOUT)));
            }
        }

        throw Unreachable(grant.Address, failure!.Errno);
    }

    private static SafeFileHandle ConnectTo(SafeFileHandle target, string address)
    {
        try
        {
            return HeldSocket.Connect(target);
        }
        catch (LinuxException e)
        {
            throw Unreachable(address, e.Errno);
        }
    }

    private static OperationException Unreachable(string address, int errno) => new(
        errno switch
        {
            Errno.EACCES or Errno.EPERM => ErrorCode.PermissionDenied,
            Errno.ETIMEDOUT => ErrorCode.TimedOut,
            _ => errno == Errno.EAGAIN || Errno.IsExhaustion(errno) ? ErrorCode.Busy : ErrorCode.NotFound,
        },
        $"Cannot connect to {address}: {Errno.Describe(errno)}.",
        new ErrorDetail("forward", Parameter, Errno: Errno.Name(errno)));
}
