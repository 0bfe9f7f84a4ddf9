using System.Text;

namespace GuestAgent.Cli.Paths;

/// <summary>Paths in the guest as text: absolute, parts divided by slashes.</summary>
internal static class GuestPath
{
    /// <summary>Marks a path as one in the guest, as in <c>:/etc/hosts</c>; only <c>cp</c> needs it.</summary>
    public const char Mark = ':';

    /// <summary>Longest path, bytes as UTF-8.</summary>
    public const int MaxBytes = 4095;

    /// <summary>What is wrong with a path; null when nothing is.</summary>
    public static string? Fault(string path) =>
        !path.StartsWith('/') ? "a path in the guest begins with /"
        : path.Contains('\0', StringComparison.Ordinal) ? "a path has no NUL"
        : Encoding.UTF8.GetByteCount(path) > MaxBytes ? $"a path has at most {MaxBytes} bytes"
        : null;

    /// <summary>The path without the mark, if it has one.</summary>
    public static string Unmarked(string text) => text.StartsWith(Mark) ? text[1..] : text;

    /// <summary>The last part; empty for <c>/</c>.</summary>
    public static string Name(string path)
    {
        string trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    /// <summary>A path below a directory.</summary>
    public static string Join(string directory, string name) => $"{directory.TrimEnd('/')}/{name}";
}
