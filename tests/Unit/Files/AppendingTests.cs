using System.Text;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Tests.Unit.Linux;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class AppendingTests : IDisposable
{
    private readonly FileWork _work = new();

    [Fact]
    public void A_pipe_that_nobody_reads_is_refused_and_not_waited_for()
    {
        Fifo.Make(_work["pipe"]);
        Assert.Equal(ErrorCode.Conflict, Assert.Throws<OperationException>(() => Open("pipe")).Code);
    }

    [Fact]
    public void A_directory_and_a_link_are_refused()
    {
        Directory.CreateDirectory(_work["directory"]);
        File.WriteAllText(_work["file"], "");
        File.CreateSymbolicLink(_work["link"], _work["file"]);
        Assert.ThrowsAny<Exception>(() => Open("directory"));
        Assert.ThrowsAny<Exception>(() => Open("link"));
    }

    [Fact]
    public void A_missing_file_is_none() => Assert.Null(Open("missing"));

    [Fact]
    public void Bytes_go_to_the_end()
    {
        File.WriteAllText(_work["file"], "one");
        using SafeFileHandle file = Open("file")!;
        File.AppendAllText(_work["file"], ", two");
        Appending.Write(file, Encoding.UTF8.GetBytes(", three"));
        Assert.Equal("one, two, three", File.ReadAllText(_work["file"]));
    }

    public void Dispose() => _work.Dispose();

    private SafeFileHandle? Open(string name)
    {
        using SafeFileHandle directory = _work.Open();
        return Appending.Open(directory, FileWork.Name(name));
    }
}
