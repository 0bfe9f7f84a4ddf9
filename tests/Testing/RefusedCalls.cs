using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Testing;

/// <summary>
/// Makes the kernel refuse a system call to one thread and to the programs that it starts: by a filter, seccomp(2). For
/// failures that no file system shows when a test wants them.
/// </summary>
public static unsafe partial class RefusedCalls
{
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_SET_SECCOMP = 22;
    private const int SECCOMP_MODE_FILTER = 2;
    private const uint SECCOMP_RET_ERRNO = 0x00050000;
    private const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    private const uint EPERM = 1;
    private const uint EOPNOTSUPP = 95;
    private const uint ENOSPC = 28;
    private const uint ENOSYS = 38;
    private const uint TemporaryFile = 0x400000;

    // linux/bpf_common.h
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfSet = 0x45;
    private const ushort Return = 0x06;

    // struct seccomp_data: the call's number at 0, its third argument, openat's flags, at 32.
    private const uint Number = 0;
    private const uint ThirdArgument = 32;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static uint OpenAt => IsArm ? 56u : 257u;

    private static uint SetAttribute => IsArm ? 7u : 190u;

    private static uint CloseRange => 436u;

    private static uint Kill => IsArm ? 129u : 62u;

    private static uint Unshare => IsArm ? 97u : 272u;

    private static uint OpenTree => 428u;

    private static uint CreateRuleset => 444u;

    /// <summary>No O_TMPFILE, as file systems do that lack it.</summary>
    public static void RunWithoutUnnamedFiles(Action action) => Run(
        action,
        [
            new(LoadWord, 0, 0, Number),
            new(JumpIfEqual, 0, 3, OpenAt),
            new(LoadWord, 0, 0, ThirdArgument),
            new(JumpIfSet, 0, 1, TemporaryFile),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | EOPNOTSUPP),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ]);

    /// <summary>No room for extended attributes, fsetxattr(2).</summary>
    public static void RunWithoutRoomForAttributes(Action action) => Run(
        action,
        [
            new(LoadWord, 0, 0, Number),
            new(JumpIfEqual, 0, 1, SetAttribute),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | ENOSPC),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ]);

    /// <summary>No kill(2), as for an agent without privileges whose command has become another user.</summary>
    public static void RunWithoutKill(Action action) => Run(
        action,
        [
            new(LoadWord, 0, 0, Number),
            new(JumpIfEqual, 0, 1, Kill),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | EPERM),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ]);

    /// <summary>No close_range(2), as kernels before Linux 5.9 that lack it.</summary>
    public static void RunWithoutCloseRange(Action action) => Run(
        action,
        [
            new(LoadWord, 0, 0, Number),
            new(JumpIfEqual, 0, 1, CloseRange),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | ENOSYS),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ]);

    /// <summary>No unshare(2), as kernels without namespaces and sandboxes that forbid them.</summary>
    public static void RunWithoutNamespaces(Action action) => RunWithout(Unshare, EPERM, action);

    /// <summary>No open_tree(2), as kernels before Linux 5.2.</summary>
    public static void RunWithoutMountTrees(Action action) => RunWithout(OpenTree, ENOSYS, action);

    /// <summary>No Landlock, as kernels before Linux 5.13, and those that have it switched off.</summary>
    public static void RunWithoutLandlock(Action action) => RunWithout(CreateRuleset, ENOSYS, action);

    private static void RunWithout(uint call, uint errno, Action action) => Run(
        action,
        [
            new(LoadWord, 0, 0, Number),
            new(JumpIfEqual, 0, 1, call),
            new(Return, 0, 0, SECCOMP_RET_ERRNO | errno),
            new(Return, 0, 0, SECCOMP_RET_ALLOW),
        ]);

    // A filter cannot be taken off again: on a thread of its own.
    private static void Run(Action action, Instruction[] program) => Task.Factory.StartNew(
        () =>
        {
            Filter(program);
            action();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).GetAwaiter().GetResult();

    private static void Filter(Instruction[] program)
    {
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
