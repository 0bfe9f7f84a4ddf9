using GuestAgent.Cli.Output;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class TextTableTests
{
    [Fact]
    public void Cells_stand_below_each_other()
    {
        var table = new TextTable(Column.Text("NAME"), Column.Number("SIZE"), Column.Text("TYPE"));
        table.Add("a", "1", "file");
        table.Add("longer name", "12345", "d");
        Assert.Equal(
            ["NAME          SIZE  TYPE", "a                1  file", "longer name  12345  d"], table.Lines(width: null));
    }

    [Fact]
    public void Wide_and_combining_characters_count_as_they_show()
    {
        var table = new TextTable(Column.Text(), Column.Text());
        table.Add("文件", "|");
        table.Add("e\u0301", "|");
        table.Add("abcd", "|");
        Assert.Equal(["文件  |", "e\u0301     |", "abcd  |"], table.Lines(width: null));
    }

    [Fact]
    public void What_commands_a_terminal_is_escaped_before_it_is_measured()
    {
        var table = new TextTable(Column.Text(), Column.Text());
        table.Add("\u001b[31m\n", "|");
        table.Add("1234567890", "|");
        Assert.Equal(["\\033[31m\\n  |", "1234567890  |"], table.Lines(width: null));
    }

    [Theory]
    [InlineData(4, "文件")]
    [InlineData(3, "文")]
    [InlineData(1, "")]
    [InlineData(0, "")]
    public void Lines_are_cut_between_characters(int width, string expected)
    {
        var table = new TextTable(Column.Text());
        table.Add("文件 abc");
        Assert.Equal([expected], table.Lines(width));
    }

    [Fact]
    public void Names_stand_in_as_many_columns_as_fit()
    {
        string[] names = ["a", "bb", "ccc", "dddd", "eeeee"];
        Assert.Equal(["a  bb  ccc  dddd  eeeee"], NameColumns.Lay(names, 23));
        Assert.Equal(["a   ccc   eeeee", "bb  dddd"], NameColumns.Lay(names, 22));
        Assert.Equal(names, NameColumns.Lay(names, 3));
        Assert.Empty(NameColumns.Lay([], 80));
        Assert.Equal(["a", "bb", "ccc"], NameColumns.Lay(["a", "bb", "ccc"], 0));
    }
}
