using GuestAgent.Host;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>Keeps what was reported last, without another thread in between.</summary>
internal sealed class LastProgress : IProgress<TransferProgress>
{
    public TransferProgress Last { get; private set; }

    public void Report(TransferProgress value)
    {
        Assert(value.Bytes >= 0);
        Last = value;
    }

    private static void Assert(bool condition) => Xunit.Assert.True(condition);
}
