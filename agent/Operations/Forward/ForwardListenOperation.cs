using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Forwarding;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Forward;

/// <summary>Listens in the guest for a host, until the host cancels it or goes.</summary>
internal sealed class ForwardListenOperation(Forwards forwards, EpollLoop loop)
    : IOperation<ForwardListenRequest, ForwardGrant, ForwardListenResult>
{
    /// <inheritdoc/>
    public async ValueTask<ForwardListenResult> ExecuteAsync(
        ForwardListenRequest request, ForwardGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        using var listener = new ForwardListener(grant, loop);
        var place = new ListenerGrant(listener);
        forwards.Enter(context, place);
        try
        {
            await context.Events.EmitAsync(ForwardOpen.Ready, new ForwardReady(context.Id, listener.Address), cancellationToken);
            while (true)
            {
                long number = await listener.AcceptAsync(cancellationToken);
                await context.Events.EmitAsync(
                    ForwardListen.Incoming, new ForwardIncoming(context.Id, number), cancellationToken);
            }
        }
        finally
        {
            forwards.Leave(context, place);
        }
    }
}
