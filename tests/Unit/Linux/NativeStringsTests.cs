using GuestAgent.Linux.Native;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

public sealed class NativeStringsTests
{
    [Fact]
    public void A_string_that_the_kernel_would_cut_off_is_refused() =>
        Assert.Throws<ArgumentException>(() => new NativeStrings(["a\0b"]));
}
