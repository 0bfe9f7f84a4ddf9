using System.Buffers;
using GuestAgent.Framing;
using Xunit;

namespace GuestAgent.Tests.Unit.Framing;

public sealed class LengthFramerTests
{
    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 2, 7 })]
    public void A_frame_that_is_not_whole_is_waited_for(byte[] bytes)
    {
        ReadOnlySequence<byte> buffer = new(bytes);

        Assert.Equal(FrameStatus.NeedMore, LengthFramer.TryRead(ref buffer, 16, out _, out _));
        Assert.Equal(bytes.Length, buffer.Length);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 17 }, 17u)]
    [InlineData(new byte[] { 255, 255, 255, 255 }, uint.MaxValue)]
    public void A_length_beyond_the_limit_is_told_at_once(byte[] bytes, uint announced)
    {
        ReadOnlySequence<byte> buffer = new(bytes);

        Assert.Equal(FrameStatus.TooLong, LengthFramer.TryRead(ref buffer, 16, out _, out uint length));
        Assert.Equal(announced, length);
    }

    [Fact]
    public void What_was_written_is_read_in_whatever_pieces_it_comes()
    {
        var output = new ArrayBufferWriter<byte>();
        byte[][] frames = [[], [1], [.. Enumerable.Range(0, 300).Select(i => (byte)i)]];
        Array.ForEach(frames, frame => LengthFramer.Write(output, frame));
        foreach (int size in (int[])[1, 3, 1000])
        {
            ReadOnlySequence<byte> buffer = Segments.Cut(output.WrittenSpan.ToArray(), size);
            foreach (byte[] expected in frames)
            {
                Assert.Equal(FrameStatus.Frame, LengthFramer.TryRead(ref buffer, 300, out ReadOnlySequence<byte> frame, out _));
                Assert.Equal(expected, frame.ToArray());
            }

            Assert.True(buffer.IsEmpty);
        }
    }
}
