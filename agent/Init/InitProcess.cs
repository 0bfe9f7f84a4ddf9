using System.Collections;
using System.Runtime.InteropServices;
using GuestAgent.Execution;
using GuestAgent.Linux;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Init;

/// <summary>
/// The agent's binary in a third role: as the first process of an initramfs or a container. It runs the agent as a child,
/// starts it again when it ends, and reaps every orphan. In the agent itself that could take the exit status of a command
/// from the code that waits for it; and a first process must not end.
/// </summary>
internal sealed class InitProcess : IDisposable
{
    private const int StandardError = 2;

    // A configuration that cannot be used must not fill the console.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly IReadOnlyList<string> _arguments;
    private readonly SafeFileHandle _input = NativeMethods.open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC, 0);
    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _root = NativeMethods.open("/", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
    private int _agent;

    private InitProcess(IReadOnlyList<string> arguments)
    {
        _arguments = ["guest-agent", .. arguments];
        _output = FindOutput();
    }

    /// <summary>Whether this process is the first one.</summary>
    public static bool IsFirst => Environment.ProcessId == 1;

    /// <summary>Runs the agent until SIGTERM or SIGINT; then the machine is powered off, where that is allowed.</summary>
    /// <param name="arguments">The agent's arguments.</param>
    /// <returns>Its exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        // Ignored, it would make the kernel throw every exit status away.
        SignalDispositions.ResetIfIgnored(LibC.SIGCHLD);
        KernelFileSystems.MountMissing();
        using InitProcess init = new(arguments);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, init.Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, init.Stop);
        int code = init.Supervise();
        PowerOff();
        return code;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _root.Dispose();
        _stop.Dispose();
    }

    // A machine whose first process ends panics. A container's may end, and most may not do anything else.
    private static void PowerOff()
    {
        if (!KernelPower.IsAllowed)
        {
            return;
        }

        try
        {
            KernelPower.Synchronise();
            KernelPower.PowerOff();
        }
        catch (LinuxException)
        {
            // Allowed, and yet refused: then ending is all that is left.
            return;
        }
    }

    // What this process was started with, as in a container; else the console, as of an initramfs without that device.
    private SafeFileHandle FindOutput()
    {
        SafeFileHandle error = new(StandardError, ownsHandle: false);
        if (NativeMethods.fcntl(error, LibC.F_GETFL, 0) >= 0)
        {
            return error;
        }

        SafeFileHandle console = NativeMethods.open("/dev/console", LibC.O_WRONLY | LibC.O_CLOEXEC, 0);
        return console.IsInvalid ? _input : console;
    }

    private int Supervise()
    {
        while (true)
        {
            int code = TryStart() ? WaitForAgent() : 0;
            if (_stop.Wait(RestartDelay))
            {
                return code;
            }
        }
    }

    private bool TryStart()
    {
        lock (_gate)
        {
            if (_stop.IsSet)
            {
                return false;
            }

            int errno = PosixSpawn.Start(
                ChildSpawner.OwnBinary, _arguments, Variables(), _root, [_input, _output, _output], out int agent);
            _agent = errno == 0 ? agent : 0;
            return errno == 0;
        }
    }

    /// <summary>Reaps whatever ends until that is the agent.</summary>
    private unsafe int WaitForAgent()
    {
        while (true)
        {
            NativeMethods.siginfo_t info = default;
            NativeMethods.rusage usage = default;
            // SAFETY: two local structures of the size that the kernel fills. The zombie stays for the moment.
            if (NativeMethods.waitid(NativeMethods.P_ALL, 0, &info, NativeMethods.WEXITED | NativeMethods.WNOWAIT, &usage) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                // ECHILD: the agent's status is lost, and with it the agent.
                return 0;
            }

            lock (_gate)
            {
                // SAFETY: no output wanted. Under the lock, so that Stop never signals a number that is free again.
                _ = NativeMethods.waitid(
                    NativeMethods.P_PID, info.si_pid, null, NativeMethods.WEXITED | NativeMethods.WNOHANG, null);
                if (info.si_pid == _agent)
                {
                    _agent = 0;
                    ExitStatus status = ExitStatus.From(info, usage);
                    return status.ExitCode ?? 128 + (status.Signal ?? 0);
                }
            }
        }
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_gate)
        {
            _stop.Set();
            if (_agent != 0)
            {
                _ = LibC.kill(_agent, LibC.SIGTERM);
            }
        }
    }

    private static List<string> Variables()
    {
        var variables = new List<string>();
        // Not LINQ, whose iterators over a value type would be code of their own.
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        return variables;
    }
}
