using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// What protects the agent from the kernel's choice of a victim when memory runs out, and would be inherited by commands:
/// of all processes those whose memory nobody knows. A child copies the value that its parent has at the fork, so the
/// agent goes without for the moment of a start; a value that was changed in the child would be too late for its children.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html</remarks>
internal sealed class OomProtection : IDisposable
{
    private const string AdjustmentFile = "/proc/self/oom_score_adj";

    private readonly SafeFileHandle _file;
    private readonly byte[] _own;

    private OomProtection(SafeFileHandle file, int own)
    {
        _file = file;
        _own = Encode(own);
    }

    private static ReadOnlySpan<byte> None => "0"u8;

    /// <summary>Null where the process has no protection, or no /proc.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static OomProtection? TryFind()
    {
        string? adjustment = SmallFile.TryReadLine(AdjustmentFile);
        if (!int.TryParse(adjustment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int own) || own >= 0)
        {
            return null;
        }

        // Taking it up again needs no capability: whoever gave it has also set how far the value may be lowered.
        SafeFileHandle file = NativeMethods.open(AdjustmentFile, LibC.O_WRONLY | LibC.O_CLOEXEC, 0);
        if (!file.IsInvalid)
        {
            return new OomProtection(file, own);
        }

        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        return Errno.IsExhaustion(errno) ? throw new LinuxException(AdjustmentFile, errno) : null;
    }

    /// <summary>Takes the protection off; what is started now has none.</summary>
    public void Suspend() => Write(None);

    /// <summary>Puts the protection on again.</summary>
    public void Resume() => Write(_own);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Encode(int adjustment) =>
        Encoding.ASCII.GetBytes(adjustment.ToString(CultureInfo.InvariantCulture));

    private unsafe void Write(ReadOnlySpan<byte> adjustment)
    {
        fixed (byte* start = adjustment)
        {
            // SAFETY: the span is pinned. The file takes each write as a value of its own, wherever its offset is.
            _ = NativeMethods.write(_file, start, adjustment.Length);
        }
    }
}
