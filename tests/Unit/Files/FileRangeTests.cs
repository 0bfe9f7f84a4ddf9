using System.Text;
using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class FileRangeTests : IDisposable
{
    private const int Max = 1000;

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(0, null, "abcdefghij", true)]
    [InlineData(3, null, "defghij", true)]
    [InlineData(3, 2L, "de", false)]
    [InlineData(8, 2L, "ij", true)]
    [InlineData(8, 100L, "ij", true)]
    [InlineData(10, null, "", true)]
    [InlineData(1L << 60, null, "", true)]
    public void A_range_is_read(long offset, long? length, string content, bool atEnd)
    {
        FileRange range = Read(_directory.Write("file", "abcdefghij"), offset, length);
        Assert.Equal((content, atEnd), (Encoding.UTF8.GetString(range.Bytes), range.AtEnd));
    }

    [Fact]
    public void An_empty_file_is_at_its_end() => Assert.True(Read(_directory.Write("file", ""), 0, null).AtEnd);

    [Fact]
    public void More_than_the_limit_is_refused_before_it_is_read()
    {
        string file = _directory.Write("file", new string('x', Max + 1));
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<OperationException>(() => Read(file, 0, null)).Code);
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<OperationException>(() => Read(file, 0, Max + 1)).Code);
        Assert.Equal(Max, Read(file, 1, null).Length);
        Assert.Equal(Max, Read(file, 0, Max).Length);
    }

    [Fact]
    public void A_file_of_proc_is_read_to_its_end_within_the_limit()
    {
        FileRange range = Read("/proc/version", 0, null);
        Assert.Equal((File.ReadAllText("/proc/version"), true), (Encoding.UTF8.GetString(range.Bytes), range.AtEnd));
        FileRange part = Read("/proc/version", 0, 5);
        Assert.Equal(("Linux", false), (Encoding.UTF8.GetString(part.Bytes), part.AtEnd));
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<OperationException>(() => Read("/proc/kallsyms", 0, null)).Code);
    }

    [Fact]
    public void Pipes_and_devices_are_not_opened()
    {
        foreach (string path in (string[])["/dev/zero", "/dev/tty", _directory.Path])
        {
            Assert.Equal("file", Assert.Throws<OperationException>(() => Read(path, 0, null)).Detail!.Rule);
        }
    }

    [Fact]
    public void Text_ends_at_the_end_of_a_character()
    {
        string file = _directory.Write("file", "aä€𝄞");
        Assert.Equal((TextEncoding.Utf8, 1), Choose(file, 2, TextEncoding.Utf8));
        Assert.Equal((TextEncoding.Utf8, 3), Choose(file, 5, TextEncoding.Auto));
        Assert.Equal((TextEncoding.Utf8, 6), Choose(file, 9, TextEncoding.Utf8));
        Assert.Equal((TextEncoding.Utf8, 10), Choose(file, 10, TextEncoding.Utf8));
        Assert.Equal((TextEncoding.Base64, 2), Choose(file, 2, TextEncoding.Base64));
    }

    [Fact]
    public void What_is_not_text_is_never_written_as_text()
    {
        string file = _directory.Write("file", "");
        File.WriteAllBytes(file, [0x61, 0xC3]);
        Assert.Equal((TextEncoding.Base64, 2), Choose(file, null, TextEncoding.Auto));
        OperationException e = Assert.Throws<OperationException>(() => Choose(file, null, TextEncoding.Utf8));
        Assert.Equal(new ErrorDetail("encoding", "encoding"), e.Detail);
        // Less than one character can only be given as bytes.
        File.WriteAllText(file, "€€");
        Assert.Equal((TextEncoding.Base64, 1), Choose(file, 1, TextEncoding.Auto));
        Assert.Throws<OperationException>(() => Choose(file, 1, TextEncoding.Utf8));
    }

    public void Dispose() => _directory.Dispose();

    private static FileRange Read(string path, long offset, long? length)
    {
        var policy = new PathPolicy(new LiveSettings(new AgentSettings([], new PolicySettings(ReadPaths: ["/"]))));
        using ReadGrant grant = policy.Read(path);
        using RegularFile file = RegularFile.Open(grant);
        return FileRange.Read(file, offset, length, Max, null, TestContext.Current.CancellationToken);
    }

    private static (TextEncoding Encoding, int Length) Choose(string path, long? length, TextEncoding wanted) =>
        FileText.Choose(Read(path, 0, length), wanted);
}
