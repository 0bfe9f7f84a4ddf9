using GuestAgent.Sparse;
using Xunit;

namespace GuestAgent.Tests.Unit.Sparse;

/// <summary>Data and holes as lseek(2) tells of them.</summary>
public sealed class HoleMapTests
{
    private const long K = 1024;

    [Theory]
    // Data from 0 to 100 K, a hole to 300 K, data to 310 K, a hole that is too short to 350 K, data to 400 K, a hole to 1000 K.
    [InlineData(0, 1000, 100, 200)]
    [InlineData(0, 100, 100, 200)]
    [InlineData(0, 99, 99, 0)]
    [InlineData(50, 1000, 50, 200)]
    [InlineData(100, 1000, 0, 200)]
    [InlineData(200, 1, 0, 100)]
    [InlineData(300, 1000, 100, 600)]
    [InlineData(320, 1000, 80, 600)]
    [InlineData(300, 20, 20, 0)]
    [InlineData(400, 1000, 0, 600)]
    [InlineData(999, 1000, 1, 0)]
    public void They_begin_where_they_do(long offset, long most, long data, long hole) =>
        Assert.Equal((data * K, hole * K), At(offset * K, 1000 * K, most * K, (0, 100), (300, 310), (350, 400)));

    [Fact]
    public void A_file_without_holes_is_data() => Assert.Equal((900 * K, 0), At(100 * K, 1000 * K, long.MaxValue, (0, 1000)));

    [Fact]
    public void A_file_without_data_is_a_hole() => Assert.Equal((0, 1000 * K), At(0, 1000 * K, 1));

    [Fact]
    public void An_answer_that_cannot_be_ends_the_search() =>
        Assert.Equal((1000 * K, 0), HoleMap.At(0, 1000 * K, long.MaxValue, from => from, from => from));

    [Fact]
    public void Positions_beyond_the_file_are_its_end() =>
        Assert.Equal((10 * K, 990 * K), HoleMap.At(0, 1000 * K, long.MaxValue, _ => long.MaxValue, _ => 10 * K));

    private static (long Data, long Hole) At(long offset, long size, long most, params (long From, long To)[] data) => HoleMap.At(
        offset,
        size,
        most,
        from => data.Where(one => one.To * K > from).Select(one => (long?)Math.Max(one.From * K, from)).FirstOrDefault(),
        from => data.Where(one => one.From * K <= from && from < one.To * K).Select(one => one.To * K).DefaultIfEmpty(from).First());
}
