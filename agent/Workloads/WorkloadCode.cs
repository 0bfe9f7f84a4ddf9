using System.Text;

namespace GuestAgent.Workloads;

/// <summary>What a host has sent as its program: a text, or an archive.</summary>
/// <param name="Text">The text, for the file that is run; null when there is an archive.</param>
/// <param name="Archive">A gzipped tar archive.</param>
internal sealed record WorkloadCode(byte[]? Text, ReadOnlyMemory<byte> Archive)
{
    // 1f 8b 08 in base64, the beginning of every gzip file; in a program's text it would be a name that stands alone.
    private const string GzipMark = "H4sI";

    /// <summary>Tells which it is. Text that is the base64 of a gzip file is an archive.</summary>
    public static WorkloadCode Of(string code, ReadOnlyMemory<byte>? archive)
    {
        if (archive is { IsEmpty: false } given)
        {
            return new WorkloadCode(null, given);
        }

        byte[] decoded = code.StartsWith(GzipMark, StringComparison.Ordinal) ? new byte[code.Length] : [];
        return decoded.Length > 0 && Convert.TryFromBase64String(code, decoded, out int length)
            ? new WorkloadCode(null, decoded.AsMemory(0, length))
            : new WorkloadCode(Encoding.UTF8.GetBytes(code), default);
    }
}
