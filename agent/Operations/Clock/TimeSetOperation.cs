using GuestAgent.Contracts.Clock;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Clock;

/// <summary>Sets the guest's wall clock.</summary>
internal sealed class TimeSetOperation : IOperation<TimeSetRequest, ClockGrant, TimeSetResult>
{
    // What the kernel takes: up to 30 years before its nanoseconds overflow, include/linux/time64.h.
    private const long LargestUnixMs = 8_277_292_036_000;

    /// <inheritdoc/>
    public ValueTask<TimeSetResult> ExecuteAsync(
        TimeSetRequest request, ClockGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.UnixMs is < 0 or > LargestUnixMs)
        {
            throw OutOfRange($"A time is 0 to {LargestUnixMs} milliseconds since 1970.");
        }

        long target = request.UnixMs ?? ReadHardware();
        long before = SystemClock.UnixMilliseconds;
        try
        {
            SystemClock.Set(target);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            // Less than the time since boot: the boot would lie before 1970.
            throw OutOfRange("The kernel does not take this time.");
        }

        return new ValueTask<TimeSetResult>(new TimeSetResult(target, target - before));
    }

    private static long ReadHardware()
    {
        if (HardwareClock.IsLocalTime)
        {
            throw new OperationException(
                ErrorCode.NotSupported,
                "The guest keeps its hardware clock in local time (/etc/adjtime); name the time.",
                new ErrorDetail("hardware_clock"));
        }

        return HardwareClock.TryReadUnixMilliseconds() ?? throw new OperationException(
            ErrorCode.NotSupported, "The guest has no hardware clock; name the time.", new ErrorDetail("hardware_clock"));
    }

    private static OperationException OutOfRange(string sentence) =>
        OperationException.InvalidParameter("unix_ms", sentence, "range");
}
