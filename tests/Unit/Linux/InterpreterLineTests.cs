using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

public sealed class InterpreterLineTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("#!/bin/sh\n", "/bin/sh")]
    [InlineData("#!/bin/sh", "/bin/sh")]
    [InlineData("#! \t/bin/sh -e x\nmore", "/bin/sh")]
    [InlineData("#!/bin/sh\t-e", "/bin/sh")]
    [InlineData("#!/bin/sh\r\n", "/bin/sh\r")]
    [InlineData("#!sh\n", "sh")]
    [InlineData("#!/bin/sh\0/bin/other", "/bin/sh")]
    [InlineData("#!\n/bin/sh", "")]
    [InlineData("#!", "")]
    [InlineData(" #!/bin/sh", null)]
    [InlineData("#", null)]
    [InlineData("", null)]
    [InlineData("\u007fELF", null)]
    public void The_interpreter_is_the_one_that_the_kernel_takes(string content, string? interpreter)
    {
        File.WriteAllBytes(_path, Encoding.Latin1.GetBytes(content));
        Assert.Equal(interpreter, Read());
    }

    [Fact]
    public void Only_what_the_kernel_reads_counts()
    {
        File.WriteAllText(_path, "#!/" + new string('x', 1000) + "\n");
        Assert.Equal(254, Read()!.Length);
    }

    private string? Read()
    {
        using SafeFileHandle file = NativeMethods.open(_path, LibC.O_PATH | LibC.O_CLOEXEC, 0).OrThrow("open");
        return InterpreterLine.Read(file) is { } bytes ? Encoding.Latin1.GetString(bytes) : null;
    }
}
