using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class PatternTests
{
    [Theory]
    [InlineData(@"\?", "?", true)]
    [InlineData(@"\?", "x", false)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "x", false)]
    [InlineData(@"\\", @"\", true)]
    [InlineData(@"\a", "a", true)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData(@"a\", "ab", false)]
    [InlineData(@"a\", "a", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("**a*", "bab", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("*a?b*c", "xaab_a1bc", true)]
    [InlineData("[a]", "a", false)]
    [InlineData("a", "A", false)]
    public void A_pattern_fits_what_it_says(string pattern, string text, bool fits) => Assert.Equal(fits, Pattern.Matches(pattern, text));

    [Fact]
    public async Task Many_stars_take_no_time_that_doubles_with_each()
    {
        // Steps that double with each star would not end.
        Task<bool> matching = Task.Run(
            () => Pattern.Matches(string.Concat(Enumerable.Repeat("*a", 40)) + "b", new string('a', 2000)), TestContext.Current.CancellationToken);
        Assert.False(await matching.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }
}
