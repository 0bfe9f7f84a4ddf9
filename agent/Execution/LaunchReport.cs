using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// One record of the launcher's status pipe. <see cref="Ready"/> and then the end of the pipe mean that the program runs;
/// the end alone that the launcher died.
/// </summary>
/// <param name="Step">A <see cref="SpawnStep"/>, or <see cref="Ready"/>; below 0 that the program has ended, and how.</param>
/// <param name="Errno">
/// Why the step failed; of <see cref="Ready"/> and <see cref="SpawnStep.Confinement"/> the <see cref="ConfinementParts"/>
/// that are missing.
/// </param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct LaunchReport(int Step, int Errno)
{
    /// <summary>The last sign of life before the exec.</summary>
    public const int Ready = 0;

    /// <summary>Size of a record.</summary>
    public static readonly int Size = Marshal.SizeOf<LaunchReport>();

    /// <summary>The end of a program, in the terms of waitid(2).</summary>
    public static LaunchReport OfEnd(in NativeMethods.siginfo_t info) => new(-info.si_code, info.si_status);

    /// <summary>What <see cref="OfEnd"/> was made from.</summary>
    public NativeMethods.siginfo_t ToInfo() => new() { si_code = -Step, si_status = Errno };

    /// <summary>Writes a record; a launcher whose agent is gone has nobody to tell.</summary>
    public static unsafe void Write(SafeFileHandle pipe, LaunchReport report) =>
        // SAFETY: a local of eight bytes, which a pipe takes whole.
        _ = NativeMethods.write(pipe, (byte*)&report, sizeof(LaunchReport));

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
