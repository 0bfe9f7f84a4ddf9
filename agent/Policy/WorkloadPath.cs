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
    /// <c>..</c>, is empty or too long, or would be taken for an option.</exception>
    public static string Checked(string path, string field)
    {
        string[] names = [.. path.Split('/').Where(name => name is not ("" or "."))];
        if (path.StartsWith('/') || path.StartsWith('-') || names.Length == 0 || names.Any(name => !IsName(name))
            || Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            throw OperationException.InvalidParameter(
                field, $"{path} is no path below the program's directory.", "inside");
        }

        return string.Join('/', names);
    }

    private static bool IsName(string name) =>
        name != ".." && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;
}
