using System.Runtime.InteropServices;
using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>
/// One record of the launcher's status pipe. <see cref="Ready"/> and then the end of the pipe mean that the program runs;
/// the end alone that the launcher died.
/// </summary>
/// <param name="Step">A <see cref="SpawnStep"/>, or <see cref="Ready"/>.</param>
/// <param name="Errno">Why the step failed.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct LaunchReport(int Step, int Errno)
{
    /// <summary>The last sign of life before the exec.</summary>
    public const int Ready = 0;

    /// <summary>Size of a record.</summary>
    public static readonly int Size = Marshal.SizeOf<LaunchReport>();

    /// <summary>Writes a record; a launcher whose agent is gone has nobody to tell.</summary>
    public static unsafe void Write(SafeFileHandle pipe, LaunchReport report) =>
        // SAFETY: a local of eight bytes, which a pipe takes whole.
        _ = LibC.write(pipe, (byte*)&report, sizeof(LaunchReport));

    /// <summary>Reads up to the end of the pipe: the last record counts. Null when there is none.</summary>
    public static async ValueTask<LaunchReport?> ReadLastAsync(AsyncDescriptor pipe, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[Size * 2];
        int length = 0;
        while (length < bytes.Length)
        {
            int count = await pipe.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return length < Size
            ? null
            : MemoryMarshal.Cast<byte, LaunchReport>(bytes.AsSpan(0, length))[^1];
    }
}
