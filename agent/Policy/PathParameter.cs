using GuestAgent.Errors;
using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>A path in the parameters of a request.</summary>
internal static class PathParameter
{
    /// <summary>Reads one.</summary>
    /// <param name="path">The path as the request writes it.</param>
    /// <param name="field">The parameter that holds it.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: it is none.</exception>
    public static AbsolutePath Parse(string path, string field) => AbsolutePath.TryParse(path, out AbsolutePath parsed) switch
    {
        null => parsed,
        PathFault.Nul => throw OperationException.InvalidParameter(field, "A path has no NUL.", "nul"),
        PathFault.TooLong => throw new OperationException(
            ErrorCode.InvalidParameters,
            $"A path has at most {AbsolutePath.MaxBytes} bytes.",
            new ErrorDetail("length", field, AbsolutePath.MaxBytes)),
        _ => throw OperationException.InvalidParameter(
            field, "A path is absolute and has no component \"..\".", "absolute_path"),
    };
}
