using System.Text;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>Named pipes, mkfifo(3).</summary>
internal static unsafe class Fifo
{
    private const ushort OwnerOnly = 0b_110_000_000;

    /// <summary>Makes one.</summary>
    public static void Make(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            // SAFETY: the name ends with a NUL.
            Assert.Equal(0, LibC.mkfifo(name, OwnerOnly));
        }
    }
}
