using GuestAgent.Errors;

namespace GuestAgent.Wire.Http;

/// <summary>The one table from <see cref="ErrorCode"/> to the status codes of the <c>http</c> dialect (RFC 9110, RFC 6585).</summary>
public static class HttpErrors
{
    /// <summary>What nginx writes into its log for a client that is gone; no registered code says it.</summary>
    public const int ClientClosedRequest = 499;

    private static readonly (ErrorCode Code, int Status)[] Table =
    [
        (ErrorCode.Internal, 500),
        (ErrorCode.ParseError, 400),
        (ErrorCode.InvalidRequest, 400),
        (ErrorCode.UnknownOperation, 404),
        (ErrorCode.InvalidParameters, 400),
        (ErrorCode.CommandFailed, 422),
        (ErrorCode.PermissionDenied, 403),
        (ErrorCode.NotFound, 404),
        (ErrorCode.TimedOut, 504),
        (ErrorCode.Busy, 429),
        (ErrorCode.Cancelled, ClientClosedRequest),
        (ErrorCode.TooLarge, 413),
        (ErrorCode.Frozen, 503),
        (ErrorCode.NotSupported, 501),
        (ErrorCode.ShuttingDown, 503),
        (ErrorCode.Conflict, 409),
    ];

    /// <summary>The status that stands for <paramref name="code"/>.</summary>
    public static int ToStatus(ErrorCode code)
    {
        foreach ((ErrorCode Code, int Status) row in Table)
        {
            if (row.Code == code)
            {
                return row.Status;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(code), code, "has no status");
    }
}
