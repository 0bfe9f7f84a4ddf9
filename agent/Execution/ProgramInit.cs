using System.Runtime.InteropServices;
using GuestAgent.Linux;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// The launcher as the first process of a program's PID namespace: it reaps what nobody else does, tells the agent how the
/// program has ended, hands signals on, and when it ends itself the kernel ends all that is left in the namespace. It ends
/// with the program, and with the agent.
/// </summary>
internal static unsafe class ProgramInit
{
    // What the program or a terminal might send, and an own handler of the runtime's would obey. The kernel keeps all others
    // from a first process that has no handler for them.
    private static readonly int[] Harmless = [1, 2, 3, 10, 12, 13, 15];

    private static volatile int _program;

    /// <summary>Starts the program and stays until its end; comes back only when it could not be started.</summary>
    /// <param name="channel">The socket to the agent.</param>
    /// <param name="program">The program.</param>
    /// <param name="missing">What its confinement lacks.</param>
    /// <returns>The error number of the start.</returns>
    public static int Run(SafeFileHandle channel, in LaunchedProgram program, ConfinementParts missing)
    {
        // What it holds open is not to be had through /proc, and it cannot be traced: prctl(2).
        _ = NativeMethods.prctl(NativeMethods.PR_SET_DUMPABLE, 0, 0, 0, 0);
        SignalDispositions.ResetAll();
        foreach (int signal in Harmless)
        {
            SignalDispositions.Ignore(signal);
        }

        // Before the program, which might leave its user no thread more. No signal comes before it is ready.
        if (!TryListen(channel))
        {
            return Errno.EAGAIN;
        }

        int errno = Start(program, out int pid);
        _program = pid;
        if (errno != 0)
        {
            return errno;
        }

        LaunchReport.Write(channel, new LaunchReport(LaunchReport.Ready, (int)missing));
        WaitForProgram(channel);
        LibC._exit(0);
        return 0;
    }

    private static int Start(in LaunchedProgram program, out int pid)
    {
        using SafeFileHandle here =
            NativeMethods.open(".", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open the working directory");
        using SafeFileHandle input = new(0, ownsHandle: false);
        using SafeFileHandle output = new(1, ownsHandle: false);
        using SafeFileHandle error = new(2, ownsHandle: false);
        pid = 0;
        // What the runtime has opened since passes no exec either. Not closed before it: the program may be one of them.
        int errno = InheritedDescriptors.TryCloseOnExec(Launcher.SpecificationDescriptor)
            ? PosixSpawn.Start(
                program.File, program.Arguments, program.Environment, here, [input, output, error], closesOthers: false, out pid)
            : Marshal.GetLastPInvokeError();
        // Or the output would not end with the program.
        CloseStreams();
        return errno;
    }

    private static void CloseStreams()
    {
        for (int stream = 0; stream <= 2; stream++)
        {
            using SafeFileHandle descriptor = new(stream, ownsHandle: true);
        }
    }

    private static bool TryListen(SafeFileHandle channel)
    {
        try
        {
            new Thread(() => HandSignalsOn(channel)) { IsBackground = true }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            // pthread_create(3): EAGAIN.
            return false;
        }
    }

    private static void WaitForProgram(SafeFileHandle channel)
    {
        while (true)
        {
            NativeMethods.siginfo_t info = default;
            // SAFETY: a local structure of the size that the kernel fills. What has ended stays a zombie for the moment.
            if (NativeMethods.waitid(NativeMethods.P_ALL, 0, &info, NativeMethods.WEXITED | NativeMethods.WNOWAIT, null) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                return;
            }

            if (info.si_pid == _program)
            {
                // It stays a zombie: until this process ends, a signal can reach no other under its number.
                LaunchReport.Write(channel, LaunchReport.OfEnd(info));
                return;
            }

            // SAFETY: no output wanted.
            _ = NativeMethods.waitid(NativeMethods.P_PID, info.si_pid, null, NativeMethods.WEXITED | NativeMethods.WNOHANG, null);
        }
    }

    private static void HandSignalsOn(SafeFileHandle channel)
    {
        ProgramSignal order = default;
        // SAFETY: a local structure; the socket gives whole messages.
        while (NativeMethods.read(channel, (byte*)&order, sizeof(ProgramSignal)) == sizeof(ProgramSignal))
        {
            _ = LibC.kill(order.Group == 0 ? _program : -_program, order.Number);
        }

        // The agent is gone: nobody is left who would keep a time limit.
        LibC._exit(1);
    }
}
