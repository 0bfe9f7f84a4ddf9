using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>How a copy stands, as one line of a terminal.</summary>
internal static class ProgressLine
{
    private const int MaxNameWidth = 30;
    private const int BarWidth = 22;

    // Share, bytes, rate and time.
    private const int FiguresWidth = 34;

    /// <summary>The line: name, bar, share, bytes, rate, and the time that is left or was taken.</summary>
    /// <param name="name">What is being copied.</param>
    /// <param name="done">Bytes that have arrived.</param>
    /// <param name="total">Bytes of the whole; null when that is not known.</param>
    /// <param name="bytesPerSecond">The rate now; at the end, that of the whole.</param>
    /// <param name="elapsed">Time since the beginning.</param>
    /// <param name="width">Cells of the terminal.</param>
    public static string Text(
        string name, long done, long? total, double bytesPerSecond, TimeSpan elapsed, int width)
    {
        int nameWidth = Math.Clamp(width - FiguresWidth - BarWidth - 1, 8, MaxNameWidth);
        string text = Fit(GuestText.OneLine(name), nameWidth);
        if (total is > 0 and var all)
        {
            double share = (double)done / all;
            string bar = width > nameWidth + BarWidth + FiguresWidth ? $" {ProgressBar.Draw(share, BarWidth)}" : "";
            text += string.Create(CultureInfo.InvariantCulture, $"{bar} {Math.Floor(Math.Clamp(share, 0, 1) * 100),3:0}%");
        }

        string time = Time(done, total, bytesPerSecond, elapsed);
        text += $" {Quantity.Size(done, human: true),5} {Quantity.Rate(bytesPerSecond),7} {time}";
        // The last cell stays free: some terminals begin a new line behind it.
        return DisplayText.Cut(text, width - 1);
    }

    private static string Time(long done, long? total, double bytesPerSecond, TimeSpan elapsed) =>
        total is not { } all || done >= all ? Quantity.Clock(elapsed)
        : bytesPerSecond > 0 ? $"{Quantity.Clock((all - done) / bytesPerSecond)} left"
        : "-:-- left";

    private static string Fit(string name, int width) => DisplayText.PadRight(
        DisplayText.Width(name) <= width ? name : DisplayText.Cut(name, width - 1) + "…", width);
}
