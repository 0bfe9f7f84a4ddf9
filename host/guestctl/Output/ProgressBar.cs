namespace GuestAgent.Cli.Output;

/// <summary>A bar of ASCII characters, which every terminal has.</summary>
internal static class ProgressBar
{
    /// <summary>Draws the bar, such as <c>[####----]</c>.</summary>
    /// <param name="share">How much is done, 0 to 1; what is outside is taken for the nearer end.</param>
    /// <param name="width">Cells, the brackets included; 2 at least.</param>
    public static string Draw(double share, int width)
    {
        int inner = width - 2;
        int full = double.IsNaN(share) ? 0 : (int)(Math.Clamp(share, 0, 1) * inner);
        return $"[{new string('#', full)}{new string('-', inner - full)}]";
    }
}
