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
        int[] cells = [.. names.Select(DisplayText.Width)];
        int rows = 1;
        int[] columns = [];
        // From as many columns as could fit to one: one name too long must not have each number of rows looked at.
        for (int most = Math.Max(1, Math.Min(names.Count, (width + Gap) / Gap)); most > 0; most--)
        {
            rows = (names.Count + most - 1) / most;
            columns = Widths(cells, rows);
            if (Fit(columns, width))
            {
                break;
            }
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

    private static int[] Widths(int[] cells, int rows)
    {
        int[] columns = new int[cells.Length == 0 ? 0 : (cells.Length + rows - 1) / rows];
        for (int i = 0; i < cells.Length; i++)
        {
            columns[i / rows] = Math.Max(columns[i / rows], cells[i]);
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
