using System.Buffers;
using System.Buffers.Binary;

namespace GuestAgent.Framing;

/// <summary>Frames of a length, four bytes with the highest first, and as many bytes.</summary>
public static class LengthFramer
{
    /// <summary>Bytes of the length.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Takes the next frame off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Bytes not consumed yet; what belongs to the returned frame is sliced off.</param>
    /// <param name="maxFrameBytes">Longest frame accepted, without its length.</param>
    /// <param name="frame">The frame without its length; empty unless the result is <see cref="FrameStatus.Frame"/>.</param>
    /// <param name="length">The length that the frame announces; 0 while that is not known.</param>
    public static FrameStatus TryRead(
        ref ReadOnlySequence<byte> buffer, int maxFrameBytes, out ReadOnlySequence<byte> frame, out uint length)
    {
        frame = default;
        length = 0;
        if (buffer.Length < PrefixBytes)
        {
            return FrameStatus.NeedMore;
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > maxFrameBytes)
        {
            return FrameStatus.TooLong;
        }

        if (buffer.Length - PrefixBytes < length)
        {
            return FrameStatus.NeedMore;
        }

        frame = buffer.Slice(PrefixBytes, length);
        buffer = buffer.Slice(frame.End);
        return FrameStatus.Frame;
    }

    /// <summary>Writes one frame.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> frame)
    {
        ArgumentNullException.ThrowIfNull(output);
        Span<byte> prefix = output.GetSpan(PrefixBytes);
        BinaryPrimitives.WriteInt32BigEndian(prefix, frame.Length);
        output.Advance(PrefixBytes);
        output.Write(frame);
    }
}
