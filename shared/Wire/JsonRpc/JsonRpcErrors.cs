using GuestAgent.Errors;

namespace GuestAgent.Wire.JsonRpc;

/// <summary>The one table between <see cref="ErrorCode"/> and the numbers of the <c>jsonrpc</c> dialect.</summary>
public static class JsonRpcErrors
{
    private static readonly (ErrorCode Code, int Number)[] Table =
    [
        (ErrorCode.ParseError, -32700),
        (ErrorCode.InvalidRequest, -32600),
        (ErrorCode.UnknownOperation, -32601),
        (ErrorCode.InvalidParameters, -32602),
        (ErrorCode.Internal, -32603),
        (ErrorCode.CommandFailed, -32000),
        (ErrorCode.PermissionDenied, -32001),
        (ErrorCode.NotFound, -32002),
        (ErrorCode.TimedOut, -32003),
        (ErrorCode.Busy, -32004),
        (ErrorCode.Cancelled, -32005),
        (ErrorCode.TooLarge, -32006),
        (ErrorCode.Frozen, -32007),
        (ErrorCode.NotSupported, -32008),
        (ErrorCode.ShuttingDown, -32009),
        (ErrorCode.Conflict, -32010),
    ];

    /// <summary>The number that stands for <paramref name="code"/> on the wire.</summary>
    public static int ToNumber(ErrorCode code)
    {
        foreach ((ErrorCode Code, int Number) row in Table)
        {
            if (row.Code == code)
            {
                return row.Number;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(code), code, "has no JSON-RPC number");
    }

    /// <summary>The same detail with its field as a member of a request: operations name parameters, and know nothing of the message
    /// that has them.</summary>
    public static ErrorDetail InRequest(ErrorDetail detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        return detail.Field is { } field
            ? detail with { Field = field is "" or ['[', ..] ? "params" + field : "params." + field }
            : detail;
    }

    /// <summary>The code that <paramref name="number"/> stands for, or null when this version does not know it.</summary>
    public static ErrorCode? FromNumber(int number)
    {
        foreach ((ErrorCode Code, int Number) row in Table)
        {
            if (row.Number == number)
            {
                return row.Code;
            }
        }

        return null;
    }
}
