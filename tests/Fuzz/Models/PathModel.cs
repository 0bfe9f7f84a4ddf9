using System.Text;

namespace GuestAgent.Tests.Fuzz.Models;

/// <summary>The simplest way to put a path in its plain form.</summary>
internal static class PathModel
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null for what is no path.</summary>
    public static string? Normalise(string text)
    {
        try
        {
            if (Strict.GetByteCount(text) > 4095 || !text.StartsWith('/') || text.Contains('\0', StringComparison.Ordinal))
            {
                return null;
            }
        }
        catch (EncoderFallbackException)
        {
            return null;
        }

        List<string> names = [.. text.Split('/').Where(name => name is not ("" or "."))];
        return names.Contains("..") ? null : "/" + string.Join('/', names);
    }
}
