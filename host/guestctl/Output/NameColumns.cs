using System.Text;

namespace GuestAgent.Cli.Output;

/// <summary>Names in as many columns as fit, down each column first, as ls(1) shows them on a terminal.</summary>
internal static class NameColumns
{
    private const int Gap = 2;

    /// <summary>The lines.</summary>
    /// <param name="names">Names fit for a terminal, in order.</param>
    /// <param name="width">Cells of a line.</param>
    public static IEnumerable<string> Lay(IReadOnlyList<string> names, int width)
    {
        int rows = 1;
        int[] columns = Widths(names, rows);
        while (rows < names.Count && !Fit(columns, width))
        {
            columns = Widths(names, ++rows);
        }

        for (int row = 0; row < Math.Min(rows, names.Count); row++)
        {
            var line = new StringBuilder();
            for (int column = 0, at = row; at < names.Count; column++, at += rows)
            {
                line.Append(DisplayText.PadRight(names[at], columns[column] + Gap));
            }

            yield return line.ToString().TrimEnd();
        }
    }

    private static int[] Widths(IReadOnlyList<string> names, int rows)
    {
        int[] columns = new int[(names.Count + rows - 1) / rows];
        for (int i = 0; i < names.Count; i++)
        {
            columns[i / rows] = Math.Max(columns[i / rows], DisplayText.Width(names[i]));
        }

        return columns;
    }

    private static bool Fit(int[] columns, int width)
    {
        long sum = -Gap;
        foreach (int column in columns)
        {
            sum += column + Gap;
        }

        return sum <= width;
    }
}
