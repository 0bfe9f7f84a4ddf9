using System.Text;

namespace GuestAgent.Cli.Local;

/// <summary>Names that a guest sends and that are to become names on this host.</summary>
internal static class LocalName
{
    private const int MaxBytes = 255;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True for what a symbolic link can say.</summary>
    public static bool CanBeTarget(string? target) =>
        target is { Length: > 0 } && !target.Contains('\0', StringComparison.Ordinal) && IsUnicode(target);

    /// <summary>
    /// Why a name must not be used; null when it is one plain component, which cannot lead out of its directory.
    /// </summary>
    public static string? Fault(string name)
    {
        if (name is "" or "." or "..")
        {
            return "this is no name of a file";
        }

        if (name.AsSpan().ContainsAny('/', '\0'))
        {
            return "a name has no slash and no NUL";
        }

        try
        {
            return Strict.GetByteCount(name) > MaxBytes ? $"a name has at most {MaxBytes} bytes" : null;
        }
        catch (EncoderFallbackException)
        {
            return "the name is not Unicode";
        }
    }

    private static bool IsUnicode(string text)
    {
        try
        {
            return Strict.GetByteCount(text) > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
