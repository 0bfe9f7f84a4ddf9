using System.Text;
using GuestAgent.Errors;

namespace GuestAgent.Policy;

/// <summary>Paths below a program's own directory, as hosts and their archives name them.</summary>
internal static class WorkloadPath
{
    // NAME_MAX and a good part of PATH_MAX, limits.h.
    private const int MaxNameBytes = 255;
    private const int MaxPathBytes = 2048;

    /// <summary>The path in its plain form, without <c>.</c> and double slashes.</summary>
    /// <param name="path">A relative path.</param>
    /// <param name="field">Parameter that it comes from.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: it is absolute, leads outside with
    /// <c>..</c>, is empty or too long.</exception>
    public static string Checked(string path, string field)
    {
        string[] names = [.. path.Split('/').Where(name => name is not ("" or "."))];
        return path.StartsWith('/') || names.Length == 0 || names.Any(name => !IsName(name))
            || Encoding.UTF8.GetByteCount(path) > MaxPathBytes
            ? throw Refused(path, field)
            : string.Join('/', names);
    }

    /// <summary>The same of a path that becomes an argument.</summary>
    /// <param name="path">A relative path.</param>
    /// <param name="field">Parameter that it comes from.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: as <see cref="Checked"/>, or it would
    /// be taken for an option, in its plain form too.</exception>
    public static string CheckedArgument(string path, string field) =>
        Checked(path, field) is var plain && !plain.StartsWith('-') ? plain : throw Refused(path, field);

    private static OperationException Refused(string path, string field) => OperationException.InvalidParameter(
        field, $"{path} is no path below the program's directory.", "inside");

    private static bool IsName(string name) =>
        name != ".." && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;
}
