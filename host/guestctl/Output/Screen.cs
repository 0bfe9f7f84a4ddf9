using GuestAgent.Cli.Linux;
using Tmds.Linux;

namespace GuestAgent.Cli.Output;

/// <summary>The terminal that this process writes to, if it does.</summary>
internal static class Screen
{
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
    public static int Width => Size() is { ws_col: > 0 and var columns } ? columns : UsualWidth;

    /// <summary>Lines.</summary>
    public static int Height => Size() is { ws_row: > 0 and var rows } ? rows : UsualHeight;

    /// <summary>Standard output for text of the guest.</summary>
    /// <param name="isRaw">True passes all bytes on to a terminal too; to a file or pipe they are always.</param>
    public static Stream Output(bool isRaw) => Fit(StandardStreams.OpenOutput(), !TakesOutput || isRaw);

    /// <summary>Standard error, likewise.</summary>
    public static Stream Errors(bool isRaw) => Fit(StandardStreams.OpenError(), !TakesErrors || isRaw);

    private static Stream Fit(Stream stream, bool isRaw) => isRaw ? stream : new ScreenText(stream);

    // Not by System.Console, which switches the keys of the terminal over before it looks, and leaves them so. A terminal over
    // a serial line has no size.
    private static unsafe winsize Size()
    {
        int[] streams = [StandardDescriptor.Output, StandardDescriptor.Error, StandardDescriptor.Input];
        foreach (int stream in streams)
        {
            winsize size;
            // SAFETY: the kernel writes one structure, which is local.
            if (LibC.ioctl(stream, LibC.TIOCGWINSZ, &size) == 0)
            {
                return size;
            }
        }

        return default;
    }
}
