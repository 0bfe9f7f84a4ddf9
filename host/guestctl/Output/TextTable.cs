using System.Text;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>Rows whose cells stand below each other. What commands a terminal is taken out of the cells.</summary>
/// <param name="columns">The columns; without a header line when none has a header.</param>
internal sealed class TextTable(params Column[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = columns.Any(column => column.Header.Length > 0)
        ? [[.. columns.Select(column => column.Header)]]
        : [];

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many as there are columns.</param>
    public void Add(params string[] cells) =>
        _rows.Add([.. cells.Select(cell => GuestText.OneLine(cell, int.MaxValue))]);

    /// <summary>The lines.</summary>
    /// <param name="width">Where to cut them; null for nowhere.</param>
    public IEnumerable<string> Lines(int? width)
    {
        int[] widths = Widths();
        foreach (string[] row in _rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < columns.Length; i++)
            {
                line.Append(columns[i].IsRight
                    ? DisplayText.PadLeft(row[i], widths[i])
                    : DisplayText.PadRight(row[i], widths[i])).Append(Gap);
            }

            string text = line.ToString().TrimEnd();
            yield return width is { } cells ? DisplayText.Cut(text, cells) : text;
        }
    }

    private int[] Widths()
    {
        int[] widths = new int[columns.Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], DisplayText.Width(row[i]));
            }
        }

        return widths;
    }
}
