using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Support;

/// <summary>
/// Makes the kernel refuse O_TMPFILE to a program, as file systems do that lack it: by a system call filter, seccomp(2),
/// which the program inherits from the thread that starts it.
/// </summary>
internal static unsafe partial class WithoutUnnamedFiles
{
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_SET_SECCOMP = 22;
    private const int SECCOMP_MODE_FILTER = 2;
    private const uint SECCOMP_RET_ERRNO = 0x00050000;
    private const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    private const uint EOPNOTSUPP = 95;
    private const uint TemporaryFile = 0x400000;

    // linux/bpf_common.h
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfSet = 0x45;
    private const ushort Return = 0x06;

    private static uint OpenAt => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 56u : 257u;

    /// <summary>Runs <paramref name="start"/> on a thread of its own, whose children have the filter.</summary>
    public static void Run(Action start) => Task.Factory.StartNew(
        () =>
        {
            Filter();
            start();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).GetAwaiter().GetResult();

    // struct seccomp_data: the number at 0, the third argument, openat's flags, at 32.
    private static void Filter()
    {
        Span<Instruction> program =
        [
            new(LoadWord, 0, 0, 0),
            new(JumpIfEqual, 0, 3, OpenAt),
            new(LoadWord, 0, 0, 32),
            new(JumpIfSet, 0, 1, TemporaryFile),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | EOPNOTSUPP),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ];
        fixed (Instruction* instructions = program)
        {
            var filter = new Program { Length = (ushort)program.Length, Instructions = instructions };
            // SAFETY: the kernel copies the program before the call returns.
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (nint)(&filter), 0, 0) != 0)
            {
                throw new InvalidOperationException($"prctl: error {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prctl(int option, nint second, nint third, nint fourth, nint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte WhenTrue, byte WhenFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
