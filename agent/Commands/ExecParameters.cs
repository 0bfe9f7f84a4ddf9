using System.Text;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Commands;

/// <summary>Refuses parameters of <c>exec_command</c> that make no sense, naming the field and the rule.</summary>
internal static class ExecParameters
{
    /// <summary>Largest credit in one piece, and largest window.</summary>
    public const int MaxWindowBytes = 16 * 1024 * 1024;

    private const int MinWindowBytes = 4096;

    /// <summary>Checks what does not depend on the policy.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>.</exception>
    public static ExecCommandRequest Checked(this ExecCommandRequest request)
    {
        Require(
            request.TimeoutSeconds is null or (>= 0 and <= CommandRule.MostSeconds),
            "timeout_seconds",
            "must be above 0 and at most 2592000, or 0 for no limit",
            "range");
        Require(request.MaxOutputBytes is null or >= 0, "max_output_bytes", "must not be negative", "range");
        Require(
            request.WindowBytes is null or (>= MinWindowBytes and <= MaxWindowBytes),
            "window_bytes",
            $"must be from {MinWindowBytes} to {MaxWindowBytes}",
            "range");
        Require(request.WindowBytes is null || request.Stream, "window_bytes", "needs stream", "needs_stream");
        Require(
            request.WorkingDirectory is not { } path || IsPath(path),
            "working_directory",
            "must be an absolute path",
            "absolute_path");
        Require(request.StdinEncoding != TextEncoding.Auto, "stdin_encoding", "must be utf8 or base64", "encoding");
        Require(!HasNul(request.User), "user", "must not contain NUL", "nul");
        Require(!HasNul(request.Group), "group", "must not contain NUL", "nul");
        foreach ((int index, string argument) in (request.Args ?? []).Index())
        {
            Require(argument is not null && !HasNul(argument), $"args[{index}]", "must be a string without NUL", "nul");
        }

        foreach ((string name, string value) in request.Env ?? new Dictionary<string, string>())
        {
            Require(
                VariableName.IsValid(name),
                "env",
                "has a name with something else than letters, digits, _, . and -, or one that begins with neither letter nor _",
                "env_name");
            Require(value is not null && !HasNul(value), "env." + name, "must be a string without NUL", "nul");
        }

        return request;
    }

    /// <summary>The bytes of <c>stdin</c>; null when there are none.</summary>
    public static byte[]? Input(ExecCommandRequest request)
    {
        if (request.Stdin is not { } text)
        {
            return null;
        }

        if (request.StdinEncoding == TextEncoding.Utf8)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        byte[] bytes = new byte[text.Length];
        Require(Convert.TryFromBase64String(text, bytes, out int length), "stdin", "is not base64", "base64");
        return bytes[..length];
    }

    private static void Require(bool condition, string field, string message, string rule)
    {
        if (!condition)
        {
            throw OperationException.InvalidParameter(field, $"{field} {message}.", rule);
        }
    }

    private static bool IsPath(string path) => path.StartsWith('/') && !HasNul(path);

    private static bool HasNul(string? text) => text is not null && text.Contains('\0', StringComparison.Ordinal);
}
