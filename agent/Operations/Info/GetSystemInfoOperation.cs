using GuestAgent.Contracts.Info;
using GuestAgent.Dispatch;
using GuestAgent.Linux;
using GuestAgent.Linux.Time;
using GuestAgent.Machine;

namespace GuestAgent.Operations.Info;

/// <summary>Tells what the guest is.</summary>
internal sealed class GetSystemInfoOperation : IOperation<GetSystemInfoRequest, Unrestricted, SystemInfo>
{
    // Firmware, processor and boot do not change while the agent runs; a restored snapshot is the same machine.
    private readonly Lazy<string?> _virtualization = new(Virtualization.Detect, LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    public async ValueTask<SystemInfo> ExecuteAsync(
        GetSystemInfoRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        // A dozen files: not on the thread that serves all sockets.
        return await Task.Run(Look, cancellationToken);
    }

    private SystemInfo Look()
    {
        OsRelease os = OsRelease.Read();
        KernelNames kernel = KernelNames.Read();
        MemoryFacts memory = MemoryFacts.Read();
        return new SystemInfo(
            "linux",
            os.Name,
            os.Version,
            kernel.Release,
            kernel.Hostname,
            kernel.Machine,
            KernelCounters.Read().PerCpu.Count,
            memory.Total,
            SystemClock.BootMilliseconds / 1000,
            os.Id,
            os.PrettyName,
            MachineIds.MachineId,
            MachineIds.BootId,
            _virtualization.Value,
            LoadAverage.Read(),
            memory.Available,
            memory.SwapTotal,
            memory.SwapFree,
            TimeZoneName.Find(),
            SystemClock.UtcOffsetSeconds(SystemClock.UnixMilliseconds / 1000),
            Logins.Read());
    }
}
