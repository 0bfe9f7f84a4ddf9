using System.Text;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;

namespace GuestAgent.Policy;

/// <summary>Paths below a program's own directory, as hosts and their archives name them.</summary>
internal static class WorkloadPath
{
    /// <summary>Longest path in bytes: a good part of PATH_MAX, limits.h.</summary>
    public const int MaxPathBytes = 2048;

    /// <summary>The names that lead there, without <c>.</c> and what double slashes stand between; none for the directory
    /// itself.</summary>
    /// <param name="path">A relative path, any bytes.</param>
    /// <param name="field">Parameter that it comes from.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: it is absolute, leads outside with
    /// <c>..</c>, is empty or too long.</exception>
    public static FileName[] Names(ReadOnlySpan<byte> path, string field)
    {
        List<FileName> names = [];
        bool isRefused = path.Length is 0 or > MaxPathBytes || path[0] == '/' || path.Contains((byte)0);
        foreach (Range part in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[part];
            isRefused |= name.SequenceEqual(".."u8) || name.Length > FileName.MaxBytes;
            if (!isRefused && !name.IsEmpty && !name.SequenceEqual("."u8))
            {
                names.Add(new FileName(name));
            }
        }

        return isRefused ? throw Refused(Encoding.UTF8.GetString(path), field) : [.. names];
    }

    /// <summary>The plain form of a path that becomes an argument.</summary>
    /// <param name="path">A relative path.</param>
    /// <param name="field">Parameter that it comes from.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: as <see cref="Names"/>, or it is the
    /// directory itself, or would be taken for an option, in its plain form too.</exception>
    public static string CheckedArgument(string path, string field) =>
        string.Join('/', (IEnumerable<FileName>)Names(Encoding.UTF8.GetBytes(path), field)) is { Length: > 0 } plain
        && !plain.StartsWith('-')
            ? plain
            : throw Refused(path, field);

    private static OperationException Refused(string path, string field) => OperationException.InvalidParameter(
        field, $"This is no path below the program's directory: {path}", "inside");
}
