using GuestAgent.Contracts.Info;
using GuestAgent.Dispatch;
using GuestAgent.Storage;

namespace GuestAgent.Operations.Info;

/// <summary>Tells how full the file systems are.</summary>
internal sealed class GetDiskUsageOperation(DiskReader disks) : IOperation<GetDiskUsageRequest, Unrestricted, DiskUsage>
{
    /// <inheritdoc/>
    public async ValueTask<DiskUsage> ExecuteAsync(
        GetDiskUsageRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken) =>
        await disks.ReadAsync(cancellationToken);
}
