using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using GuestAgent.Linux.Native;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>
/// What differs between the architectures is right in the package's implementation for each, and our own numbers agree.
/// </summary>
public sealed class PackagedLibCTests
{
    // What C compilers for the two say of glibc's headers.
    [Theory]
    [InlineData("linux-x64", "O_DIRECTORY", 0x10000)]
    [InlineData("linux-x64", "O_NOFOLLOW", 0x20000)]
    [InlineData("linux-x64", "O_TMPFILE", 0x410000)]
    [InlineData("linux-arm64", "O_DIRECTORY", 0x4000)]
    [InlineData("linux-arm64", "O_NOFOLLOW", 0x8000)]
    [InlineData("linux-arm64", "O_TMPFILE", 0x404000)]
    public void A_flag_has_the_number_of_the_architecture(string rid, string name, int number) =>
        Assert.Equal(number, Implementation(rid).GetType("Tmds.Linux.LibC")!.GetProperty(name)!.GetValue(null));

    [Theory]
    [InlineData("linux-x64", "epoll_event", 12)]
    [InlineData("linux-arm64", "epoll_event", 16)]
    [InlineData("linux-x64", "statx", 256)]
    [InlineData("linux-arm64", "statx", 256)]
    [InlineData("linux-x64", "sigaction", 152)]
    [InlineData("linux-arm64", "sigaction", 152)]
    [InlineData("linux-x64", "sigset_t", 128)]
    [InlineData("linux-arm64", "sigset_t", 128)]
    [InlineData("linux-x64", "timespec", 16)]
    [InlineData("linux-arm64", "timespec", 16)]
    [InlineData("linux-x64", "pollfd", 8)]
    [InlineData("linux-arm64", "pollfd", 8)]
    [InlineData("linux-x64", "termios", 60)]
    [InlineData("linux-arm64", "termios", 60)]
    [InlineData("linux-x64", "winsize", 8)]
    [InlineData("linux-arm64", "winsize", 8)]
    public void A_structure_has_the_size_of_the_architecture(string rid, string name, int bytes) =>
        Assert.Equal(bytes, Marshal.SizeOf(Implementation(rid).GetType("Tmds.Linux." + name)!));

    [Theory]
    [InlineData("linux-x64", 4)]
    [InlineData("linux-arm64", 8)]
    public void The_data_of_an_event_lies_where_the_kernel_writes_it(string rid, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf(Implementation(rid).GetType("Tmds.Linux.epoll_event")!, "data"));

    // They are constants for the sake of patterns, which the package's properties cannot be.
    [Fact]
    public void Error_numbers_are_those_of_the_package()
    {
        FieldInfo[] ours = [.. typeof(Errno).GetFields().Where(field => field.IsLiteral)];
        Assert.NotEmpty(ours);
        Assert.All(
            ours,
            field => Assert.Equal(typeof(LibC).GetProperty(field.Name)!.GetValue(null), field.GetRawConstantValue()));
    }

    private static Assembly Implementation(string rid) => new AssemblyLoadContext(rid, isCollectible: true).LoadFromAssemblyPath(
        Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "lib/netstandard2.0/Tmds.LibC.dll"));
}
