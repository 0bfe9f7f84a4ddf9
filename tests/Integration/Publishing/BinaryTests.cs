using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Publishing;

/// <summary>The published file runs where nothing else is installed.</summary>
public sealed class BinaryTests
{
    // Two and a half of them are Kestrel, for the dialect http; TLS, which nothing here speaks, would be three more.
    private const int LargestAgentBytes = 13_000_000;
    private const int LargestGuestctlBytes = 10_800_000;

    [Fact]
    public async Task The_binary_needs_no_loader_and_no_library()
    {
        byte[] file = await File.ReadAllBytesAsync(AgentBinary.Path, TestContext.Current.CancellationToken);
        IReadOnlyList<uint> types = ElfImage.SegmentTypes(file);
        Assert.NotEmpty(types);
        Assert.DoesNotContain(ElfImage.Interpreter, types);
        Assert.DoesNotContain(ElfImage.Dynamic, types);
    }

    [Fact]
    public async Task Neither_program_looks_for_OpenSSL_when_it_runs()
    {
        foreach (string path in new[] { AgentBinary.Path, Guestctl.Path })
        {
            byte[] file = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(-1, file.AsSpan().IndexOf("No usable version of libssl"u8));
        }
    }

    [Fact]
    public void Both_programs_are_small()
    {
        Assert.InRange(new FileInfo(AgentBinary.Path).Length, 1, LargestAgentBytes);
        Assert.InRange(new FileInfo(Guestctl.Path).Length, 1, LargestGuestctlBytes);
    }
}
