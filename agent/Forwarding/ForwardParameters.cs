using GuestAgent.Commands;
using GuestAgent.Contracts.Forward;
using GuestAgent.Errors;

namespace GuestAgent.Forwarding;

/// <summary>What a request for a forwarded connection must be, beyond its shape.</summary>
internal static class ForwardParameters
{
    private const int MinWindowBytes = 4096;
    private const double MaxTimeoutSeconds = 300;

    /// <summary>Looks at a request.</summary>
    /// <returns>The request.</returns>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>.</exception>
    public static ForwardOpenRequest Checked(this ForwardOpenRequest request)
    {
        CheckWindow(request.WindowBytes);
        return request.TimeoutSeconds is > 0 and <= MaxTimeoutSeconds
            ? request
            : throw OperationException.InvalidParameter(
                "timeout_seconds", $"timeout_seconds must be above 0 and at most {MaxTimeoutSeconds}.", "range");
    }

    /// <summary>Looks at a window.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>.</exception>
    public static void CheckWindow(int bytes)
    {
        if (bytes is < MinWindowBytes or > ExecParameters.MaxWindowBytes)
        {
            throw OperationException.InvalidParameter(
                "window_bytes", $"window_bytes must be from {MinWindowBytes} to {ExecParameters.MaxWindowBytes}.", "range");
        }
    }
}
