using GuestAgent.Buffers;
using Xunit;

namespace GuestAgent.Tests.Unit.Buffers;

public sealed class MessageMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(174_763)]
    [InlineData(524_288)]
    [InlineData(524_289)]
    [InlineData(16_777_216)]
    public void An_array_is_as_long_as_was_asked_for_and_can_be_given_back(int size)
    {
        byte[] array = MessageMemory.Rent(size);
        Assert.InRange(array.Length, size, int.MaxValue);
        MessageMemory.Return(array);
    }

    [Fact]
    public void Two_that_are_in_use_are_never_the_same()
    {
        byte[][] arrays = [.. Enumerable.Range(0, 40).Select(_ => MessageMemory.Rent(100_000))];
        Assert.Equal(arrays.Length, arrays.Distinct().Count());
        Array.ForEach(arrays, MessageMemory.Return);
    }
}
