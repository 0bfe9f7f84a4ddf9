using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Files;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class NamePageTests
{
    [Fact]
    public void Names_are_in_the_order_of_their_bytes()
    {
        Assert.Equal(["A", "a", "aa", "b", "ä"], Page(["ä", "b", "aa", "a", "A"], 10, "").Names);
    }

    [Fact]
    public void Hidden_names_count_when_they_are_wanted()
    {
        Assert.Equal(["a"], Page([".h", "a"], 10, "").Names);
        Assert.Equal([".h", "a"], Page([".h", "a"], 10, "", hidden: true).Names);
    }

    [Fact]
    public void A_page_tells_whether_more_follows()
    {
        Assert.True(Page(["a", "b", "c"], 2, "").More);
        Assert.False(Page(["a", "b"], 2, "").More);
        Assert.False(Page(["a", "b", "c"], 2, "a").More);
    }

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_directory() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<PositiveInt>>(),
        ArbMap.Default.ArbFor<PositiveInt>(),
        (numbers, limit) =>
        {
            string[] all = [.. numbers.Get.Select(number => $"n{number.Get}").Distinct()];
            List<string> seen = [];
            bool more = true;
            while (more)
            {
                (string[] names, more) = Page(all, limit.Get, seen.LastOrDefault(""));
                seen.AddRange(names);
            }

            return seen.SequenceEqual(all.Order(StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();

    private static (string[] Names, bool More) Page(string[] all, int limit, string after, bool hidden = false)
    {
        var page = new NamePage(limit, Encoding.UTF8.GetBytes(after), hidden);
        foreach (string name in all)
        {
            page.Add(Encoding.UTF8.GetBytes(name));
        }

        return ([.. page.Sorted().Select(name => name.ToString())], page.More);
    }
}
