using GuestAgent.Contracts.Clock;
using GuestAgent.Dispatch;
using GuestAgent.Linux.Time;
using GuestAgent.Machine;

namespace GuestAgent.Operations.Clock;

/// <summary>Tells the guest's time.</summary>
internal sealed class TimeGetOperation : IOperation<TimeGetRequest, Unrestricted, TimeGetResult>
{
    /// <inheritdoc/>
    public async ValueTask<TimeGetResult> ExecuteAsync(
        TimeGetRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        return await Task.Run(Look, cancellationToken);
    }

    private static TimeGetResult Look()
    {
        string? zone = TimeZoneName.Find();
        int offset = SystemClock.UtcOffsetSeconds(SystemClock.UnixMilliseconds / 1000);
        // The time is read last: the host compares it with its own clock.
        return new TimeGetResult(SystemClock.UnixMilliseconds, zone, offset, SystemClock.IsSynchronized);
    }
}
