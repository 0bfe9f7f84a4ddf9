using GuestAgent.Processes;
using Xunit;

namespace GuestAgent.Tests.Unit.Processes;

public sealed class ProcessStatTests
{
    private const string Rest =
        " S 10 11 12 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 1 0 98765 5 6 7 8 9 10 11 12 13 14 15 16 17 18";

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("42 (x")]
    [InlineData("42 (x) S 1 2 3")]
    [InlineData("x (x) S 10 11 12 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 1 0 98765 5")]
    public void What_is_no_row_is_nothing(string line) =>
        Assert.Null(ProcessStat.TryParse(System.Text.Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("sh")]
    [InlineData("a b")]
    [InlineData(") R 1 1 1 (")]
    [InlineData("")]
    public void A_name_cannot_forge_the_fields(string name) => Assert.Equal(
        new ProcessStat(42, 'S', 10, 11, 12, 98765),
        ProcessStat.TryParse(System.Text.Encoding.UTF8.GetBytes($"42 ({name}){Rest}")));

    [Fact]
    public void This_process_is_found()
    {
        ProcessStat stat = ProcessStat.TryRead(Environment.ProcessId)!.Value;
        Assert.Equal(Environment.ProcessId, stat.Pid);
        Assert.True(stat.IsAlive);
        Assert.Contains(stat.Pid, ProcessSnapshot.Read().All.Select(p => p.Pid));
    }

    [Fact]
    public void Descendants_are_found_in_any_order()
    {
        ProcessSnapshot snapshot = new(
        [
            Process(7, 'S', 6), Process(6, 'S', 5), Process(5, 'S', 1), Process(8, 'Z', 7), Process(9, 'S', 1),
        ]);
        Assert.Equal([6, 7], snapshot.DescendantsOf(5).Select(p => p.Pid).Order());
    }

    [Theory]
    [InlineData('Z', 1, false)]
    [InlineData('Z', 2, true)]
    [InlineData('X', 1, false)]
    [InlineData('S', 1, true)]
    public void A_process_lives_as_long_as_one_of_its_threads(char state, int threads, bool isAlive) =>
        Assert.Equal(isAlive, new ProcessStat(7, state, 1, 7, 7, 0, threads).IsAlive);

    private static ProcessStat Process(int pid, char state, int parent) => new(pid, state, parent, 1, 1, 0);
}
