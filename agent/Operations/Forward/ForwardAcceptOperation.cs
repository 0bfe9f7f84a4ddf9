using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Forwarding;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Forward;

/// <summary>Takes a connection that came to a listener of the host and carries its bytes.</summary>
internal sealed class ForwardAcceptOperation(Forwards forwards, ForwardRelay relay)
    : IOperation<ForwardAcceptRequest, ListenerGrant, ForwardResult>
{
    /// <inheritdoc/>
    public async ValueTask<ForwardResult> ExecuteAsync(
        ForwardAcceptRequest request, ListenerGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        ForwardParameters.CheckWindow(request.WindowBytes);
        SafeFileHandle socket = grant.Listener.Take(request.Connection);
        var connection = new ForwardedConnection(grant.Listener.Address, request.WindowBytes);
        try
        {
            forwards.Enter(context, connection);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        CancellationToken listenerEnded = grant.Listener.Ended;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, listenerEnded);
        try
        {
            return await relay.RunAsync(socket, connection, context, end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationException(
                ErrorCode.NotFound, "The listener that this came to has ended.", new ErrorDetail("forward", "id"));
        }
        finally
        {
            connection.Input.Refuse();
            forwards.Leave(context, connection);
        }
    }
}
