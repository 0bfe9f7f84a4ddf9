using GuestAgent.Contracts.Info;
using GuestAgent.Dispatch;
using GuestAgent.Network;

namespace GuestAgent.Operations.Info;

/// <summary>Tells the network as the kernel has it.</summary>
internal sealed class GetNetworkInfoOperation : IOperation<GetNetworkInfoRequest, Unrestricted, NetworkInfo>
{
    /// <inheritdoc/>
    public async ValueTask<NetworkInfo> ExecuteAsync(
        GetNetworkInfoRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        // Thousands of routes take their time: not on the thread that serves all sockets.
        return await Task.Run(NetworkReader.Read, cancellationToken);
    }
}
