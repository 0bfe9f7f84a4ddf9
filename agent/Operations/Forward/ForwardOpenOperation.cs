using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Forwarding;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Forward;

/// <summary>Connects to something in the guest and carries its bytes until both directions have ended.</summary>
internal sealed class ForwardOpenOperation(Forwards forwards, ForwardConnector connector, ForwardRelay relay)
    : IOperation<ForwardOpenRequest, ForwardGrant, ForwardResult>
{
    /// <inheritdoc/>
    public async ValueTask<ForwardResult> ExecuteAsync(
        ForwardOpenRequest request, ForwardGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        var connection = new ForwardedConnection(grant.Subject, request.WindowBytes);
        forwards.Enter(context, connection);
        try
        {
            (SafeFileHandle socket, string address) =
                await connector.ConnectAsync(grant, TimeSpan.FromSeconds(request.TimeoutSeconds), cancellationToken);
            try
            {
                // What is held was for this: a socket's file system can be unmounted again.
                grant.Dispose();
                await context.Events.EmitAsync(ForwardOpen.Ready, new ForwardReady(context.Id, address), cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            return await relay.RunAsync(socket, connection, context, cancellationToken);
        }
        finally
        {
            connection.Input.Refuse();
            forwards.Leave(context, connection);
        }
    }
}
