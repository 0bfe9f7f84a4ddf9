namespace GuestAgent.Tests.Testing;

/// <summary>Sends signals, signal(7), to processes that a test has started.</summary>
public static class Signals
{
    /// <summary>Asks the agent to read its configuration again.</summary>
    public const int HangUp = 1;

    /// <summary>What Ctrl-C sends.</summary>
    public const int Interrupt = 2;

    /// <summary>Asks a process to stop.</summary>
    public const int Terminate = 15;

    /// <summary>Stops a process until <see cref="Continue"/>.</summary>
    public const int Stop = 19;

    /// <summary>Lets a stopped process go on.</summary>
    public const int Continue = 18;

    /// <summary>What a process makes of it, such as the VSOCK device of the tests.</summary>
    public const int User1 = 10;

    /// <summary>Ends a process.</summary>
    public const int Kill = 9;

    /// <summary>Sends a signal; a process that is gone misses it.</summary>
    public static void Send(int pid, int signal) => _ = LibC.kill(pid, signal);
}
