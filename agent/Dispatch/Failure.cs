using GuestAgent.Errors;
using GuestAgent.Linux.Native;

namespace GuestAgent.Dispatch;

/// <summary>An error as the peer sees it. The only place where exceptions become error codes.</summary>
/// <param name="Code">What kind it is.</param>
/// <param name="Message">One sentence for the peer.</param>
/// <param name="Detail">Rule, field or partial result.</param>
internal sealed record Failure(ErrorCode Code, string Message, ErrorDetail? Detail = null)
{
    private const int MaxTextLength = 240;

    /// <summary>Translates an exception. What is not meant for the peer becomes a fixed sentence.</summary>
    public static Failure From(Exception exception) => exception switch
    {
        OperationException e => new Failure(e.Code, Short(e.Message), Short(e.Detail)),
        LinuxException e when Errno.IsExhaustion(e.Errno) => Exhausted(e.Errno),
        LinuxException e => new Failure(FromErrno(e.Errno), Short(e.Message), new ErrorDetail(Errno: Errno.Name(e.Errno))),
        // .NET's own file calls keep the kernel's number there.
        IOException e when Errno.IsExhaustion(e.HResult) => Exhausted(e.HResult),
        OutOfMemoryException => Exhausted(Errno.ENOMEM),
        _ => new Failure(ErrorCode.Internal, "The agent failed; its log says how."),
    };

    /// <summary>This as the cause of a cancelled call's failure, with what there is of a result; null when that failed otherwise.</summary>
    public Failure? InPlaceOf(Exception failure) => failure switch
    {
        OperationCanceledException => this,
        OperationException { Code: ErrorCode.Cancelled } e =>
            this with { Detail = (Detail ?? new ErrorDetail()) with { Result = e.Detail?.Result } },
        _ => null,
    };

    // What is quoted of a request may be as long as a message.
    private static string Short(string text) =>
        text.Length <= MaxTextLength ? text : string.Concat(text.AsSpan(0, MaxTextLength), "…");

    private static ErrorDetail? Short(ErrorDetail? detail) =>
        detail?.Field is { } field ? detail with { Field = Short(field) } : detail;

    private static Failure Exhausted(int errno) => new(
        ErrorCode.Busy,
        $"The agent has run out of what it needs for this: {Errno.Describe(errno)}.",
        new ErrorDetail("resources", Errno: Errno.Name(errno)));

    private static ErrorCode FromErrno(int errno) => errno switch
    {
        Errno.EACCES or Errno.EPERM or Errno.EROFS => ErrorCode.PermissionDenied,
        Errno.ENOENT or Errno.ENOTDIR or Errno.ESRCH or Errno.ELOOP or Errno.ESTALE => ErrorCode.NotFound,
        Errno.EEXIST or Errno.ENOTEMPTY or Errno.EISDIR or Errno.ETXTBSY or Errno.EMLINK => ErrorCode.Conflict,
        Errno.EBUSY or Errno.EAGAIN => ErrorCode.Busy,
        Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG or Errno.ENAMETOOLONG or Errno.E2BIG => ErrorCode.TooLarge,
        Errno.ENOSYS or Errno.EOPNOTSUPP or Errno.EXDEV => ErrorCode.NotSupported,
        _ => ErrorCode.Internal,
    };
}
