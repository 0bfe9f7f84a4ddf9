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
    public static int Width => Size(static () => Console.WindowWidth, UsualWidth);

    /// <summary>Lines.</summary>
    public static int Height => Size(static () => Console.WindowHeight, UsualHeight);

    private static int Size(Func<int> ask, int usual)
    {
        try
        {
            return ask() is > 0 and var size ? size : usual;
        }
        catch (IOException)
        {
            // A terminal over a serial line has no size.
            return usual;
        }
    }
}
