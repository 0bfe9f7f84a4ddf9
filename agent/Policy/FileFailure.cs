using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Native;

namespace GuestAgent.Policy;

/// <summary>Says what the kernel refused to do with a file that the policy allows.</summary>
internal static class FileFailure
{
    /// <summary>
    /// The error for the peer. What the kernel says beyond the usual is the file's own answer, as that of a file of /sys
    /// without a value, or of a disk that fails, and no defect of the agent.
    /// </summary>
    /// <param name="errno">The kernel's error number.</param>
    /// <param name="path">The path as the peer knows it.</param>
    /// <param name="field">The parameter that holds it.</param>
    public static OperationException Of(int errno, string path, string field = "path")
    {
        Failure failure = Failure.From(new LinuxException(path, errno));
        return new OperationException(
            failure.Code == ErrorCode.Internal ? ErrorCode.NotSupported : failure.Code,
            failure.Message,
            failure.Detail! with { Field = field });
    }
}
