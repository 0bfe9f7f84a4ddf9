using System.Text;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;
using Xunit;

namespace GuestAgent.Tests.Unit.Fuzz;

/// <summary>That what looks for faults finds one.</summary>
public sealed class EngineTests
{
    [Fact]
    public void An_exception_is_found_and_its_input_made_short()
    {
        using var target = new Planted(input => input.AsSpan().IndexOf("ab"u8) >= 0 ? throw new FormatException() : 0);
        (Fault fault, byte[] input) = Assert.Single(Search(target));
        Assert.StartsWith("FormatException", fault.Kind, StringComparison.Ordinal);
        Assert.Equal("ab"u8.ToArray(), Shrinker.Shrink(target, input, fault.Kind));
    }

    [Fact]
    public void Memory_beyond_the_bound_is_found()
    {
        using var target = new Planted(input => input.Length > 3 ? new byte[input.Length * 50_000].Length : 0);
        Assert.Equal("memory is bounded", Assert.Single(Search(target)).Fault.Kind);
    }

    [Fact]
    public void A_property_that_does_not_hold_is_found()
    {
        using var target = new Planted(input => input.Length > 3 ? throw new PropertyException("short") : 0);
        Assert.Equal("short", Assert.Single(Search(target)).Fault.Kind);
    }

    [Fact]
    public void Work_that_grows_with_the_square_is_found_and_linear_work_is_not()
    {
        using var square = new Planted(input =>
        {
            int pairs = 0;
            foreach (byte one in input.AsSpan(0, input.Length / 8))
            {
                pairs += input.AsSpan().Count(one);
            }

            return pairs;
        });
        using var linear = new Planted(input => input.Count(one => one == 1));
        Assert.NotNull(WorkGrowth.Find(square, [1, 2, 3]));
        Assert.Null(WorkGrowth.Find(linear, [1, 2, 3]));
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        List<string> seen = [];
        for (int i = 0; i < 2; i++)
        {
            using var target = new Planted(input =>
            {
                seen.Add(Convert.ToHexString(input));
                return 0;
            });
            Search(target);
        }

        Assert.Equal(seen[..(seen.Count / 2)], seen[(seen.Count / 2)..]);
    }

    [Theory]
    [InlineData("a*c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "a", false)]
    [InlineData("", "", true)]
    public void The_second_implementation_of_patterns_knows_what_they_mean(string pattern, string text, bool fits) =>
        Assert.Equal(fits, PatternModel.Matches(pattern, text));

    [Fact]
    public void The_second_implementation_of_lines_knows_their_ends() => Assert.Equal(
        ["a", "b", "", null],
        LineModel.Cut(Encoding.ASCII.GetBytes("a\nb\r\n\nlonger\nd"), 4).Select(line => line is null ? null : Encoding.ASCII.GetString(line)));

    private static IReadOnlyCollection<(Fault Fault, byte[] Input)> Search(Planted target)
    {
        var campaign = new Campaign(target, seed: 1, coverage: null);
        campaign.Run(3000, time: null);
        return campaign.Faults;
    }

    private sealed class Planted(Func<byte[], int> take) : FuzzTarget("planted")
    {
        public override InputForm Form => InputForm.Text;

        public override IReadOnlyList<string> Words => ["a", "b"];

        public override MemoryBound Memory => new(1000, 64 * 1024);

        public override void Take(byte[] input) => take(input);
    }
}
