namespace GuestAgent.Cli;

/// <summary>
/// What guestctl exits with; <c>exec</c> passes the command's own code through. After sysexits(3) and timeout(1).
/// </summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The command line, an endpoint or a parameter is wrong.</summary>
    public const int Usage = 64;

    /// <summary>A copy is complete but for what was left out and named.</summary>
    public const int LeftOut = 65;

    /// <summary>An input file cannot be read, or what is named in the guest does not exist.</summary>
    public const int NoInput = 66;

    /// <summary>The guest cannot be reached, another agent answers, the connection was lost, or the agent stops.</summary>
    public const int Unavailable = 69;

    /// <summary>The agent failed or broke the protocol.</summary>
    public const int GuestError = 70;

    /// <summary>Something is in the way in the guest: it exists already, is not empty, or is a directory.</summary>
    public const int CannotCreate = 73;

    /// <summary>Output could not be written, or the guest has no room for a file.</summary>
    public const int OutputError = 74;

    /// <summary>Another client holds the channel, or the agent is busy; the same may succeed later.</summary>
    public const int Busy = 75;

    /// <summary>The guest's policy or its kernel refused.</summary>
    public const int Refused = 77;

    /// <summary>A time limit passed.</summary>
    public const int TimedOut = 124;

    /// <summary>The command was found and could not be started.</summary>
    public const int CannotStart = 126;

    /// <summary>The command was not found.</summary>
    public const int CommandNotFound = 127;

    /// <summary>Added to the number of the signal that ended the command, or guestctl itself.</summary>
    public const int SignalBase = 128;

    /// <summary>Nobody reads the output any more, as if SIGPIPE (13) had ended guestctl.</summary>
    public const int BrokenPipe = SignalBase + 13;

    /// <summary>What a program in the guest ended with, as a shell tells it.</summary>
    public static int Of(int exitCode, int? signal) => signal is { } number ? SignalBase + number : exitCode & 0xff;

    /// <summary>The table for <c>--help</c>.</summary>
    public const string Table = Common + Interrupted;

    /// <summary>The table for <c>exec --help</c>.</summary>
    public const string ExecTable = Common + """
          126  the command could not be started
          127  the command was not found

        """ + Interrupted + """

          128+N  signal N ended the command
          other  the command's own code; it may also use one of the above
        """;

    private const string Common = """
        Exit codes:
          0    done
          64   wrong usage, endpoint or parameter
          65   something was left out of a copy, and named
          66   an input file cannot be read, or there is no such thing in the guest
          69   the guest cannot be reached, another agent answers, the connection was lost, or the agent stops
          70   the agent failed or broke the protocol
          73   in the way in the guest: exists already, is not empty, is a directory
          74   output could not be written, or the guest has no room for a file
          75   busy: another client holds the channel, or a limit of the agent is reached
          77   refused by the guest's policy
          124  timed out

        """;

    private const string Interrupted = """
          130  interrupted (143 by SIGTERM, 141 when nobody reads the output)
        """;
}
