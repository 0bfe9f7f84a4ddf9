using GuestAgent.Cli.Linux;

namespace GuestAgent.Cli.Output;

/// <summary>The terminal that this process writes to, if it does.</summary>
internal static class Screen
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    /// <summary>True when standard output is a terminal.</summary>
    public static bool TakesOutput => !Console.IsOutputRedirected;

    /// <summary>True when standard error is a terminal.</summary>
    public static bool TakesErrors => !Console.IsErrorRedirected;

    /// <summary>True when somebody sits before it, and it does what it is told.</summary>
    public static bool IsInteractive => TakesOutput && !Console.IsInputRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Cells of a line.</summary>
    public static int Width => Size() is { Columns: > 0 and var columns } ? columns : UsualWidth;

    /// <summary>Lines.</summary>
    public static int Height => Size() is { Rows: > 0 and var rows } ? rows : UsualHeight;

    // Not by System.Console, which switches the keys of the terminal over before it looks, and leaves them so. A terminal over
    // a serial line has no size.
    private static LibC.WindowSize Size()
    {
        int[] streams = [StandardOutput, StandardError, StandardInput];
        foreach (int stream in streams)
        {
            if (LibC.IoCtl(stream, LibC.TIOCGWINSZ, out LibC.WindowSize size) == 0)
            {
                return size;
            }
        }

        return default;
    }
}
