using System.Buffers;

namespace GuestAgent.Host.Files;

/// <summary>A piece of an upload, in pooled memory.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Offset">Where the piece goes in the file.</param>
/// <param name="Start">Where it begins in the memory.</param>
/// <param name="Length">Its length.</param>
/// <param name="Hole">How long a hole is that the piece is in place of bytes; 0 for none.</param>
internal sealed record UploadPiece(byte[] Memory, long Offset, int Start, int Length, long Hole = 0)
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Memory.AsMemory(Start, Length);

    /// <summary>Offset behind its last byte.</summary>
    public long End => Offset + Length + Hole;

    /// <summary>The rest of it, in the same memory.</summary>
    /// <param name="offset">Where the rest begins in the file, inside the piece.</param>
    public UploadPiece From(long offset)
    {
        if (Hole > 0)
        {
            return this with { Offset = offset, Hole = End - offset };
        }

        int cut = (int)(offset - Offset);
        return new UploadPiece(Memory, offset, Start + cut, Length - cut);
    }

    /// <summary>Gives the memory back.</summary>
    public void Return()
    {
        if (Hole == 0)
        {
            ArrayPool<byte>.Shared.Return(Memory);
        }
    }
}
