using System.Text;

namespace GuestAgent.Host;

/// <summary>Bytes of a guest's file.</summary>
/// <param name="Bytes">The bytes, exact.</param>
/// <param name="Offset">Position of the first one in the file.</param>
/// <param name="FileSize">Size of the file when it was read; 0 for files of /proc and the like, which have none.</param>
/// <param name="EndOfFile">True when nothing follows.</param>
/// <param name="Version">Opaque text that changes when the file does.</param>
public sealed record FileData(
    ReadOnlyMemory<byte> Bytes, long Offset, long FileSize, bool EndOfFile, string Version)
{
    /// <summary>The bytes as UTF-8 text; those that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}
