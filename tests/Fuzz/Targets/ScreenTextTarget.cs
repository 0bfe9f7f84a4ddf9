using System.Text;
using GuestAgent.Cli.Output;
using GuestAgent.Host;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Guests;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Text of a guest on its way to a terminal: no command in it survives, in whatever pieces it comes, and tables stand.</summary>
internal sealed class ScreenTextTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "screen-text";

    private const int Width = 20;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["\u001b]0;x\u0007", "\u001b[31m", "\u009b31m", "\u001bP", "\b\b", "\r\n", "漢", "e\u0301", "\U0001F469\u200D"];

    /// <inheritdoc/>
    /// <remarks>A name of one byte is a row of a table, a row of columns, and a line that is put together of each.</remarks>
    public override MemoryBound Memory => new(4096, 128 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        string whole = Screen(input, [input.Length]);
        string pieces = Screen(input, [.. Enumerable.Range(1, Math.Min(64, input.Length)), input.Length]);
        PropertyException.Require(whole == pieces, "a screen shows the same in pieces");
        PropertyException.RequireHarmless(HarmlessText.IsText(whole), "what is shown is harmless", whole);
        string text = Encoding.UTF8.GetString(input);
        string line = GuestText.OneLine(text);
        PropertyException.RequireHarmless(HarmlessText.IsLine(line), "a line is harmless", line);
        PropertyException.Require(line.Length <= GuestText.MaxLength + 1, "a line is bounded");
        PropertyException.Require(IsWhole(line) || !IsWhole(text), "no character is cut in two");
        Table(text.Split('\n'));
    }

    private static void Table(string[] names)
    {
        var table = new TextTable(Column.Text("A"), Column.Number("B"));
        string[] cells = [.. names.Select(name => GuestText.OneLine(name, int.MaxValue))];
        for (int i = 0; i + 1 < cells.Length; i += 2)
        {
            table.Add(cells[i], cells[i + 1]);
        }

        foreach (string row in table.Lines(Width))
        {
            PropertyException.Require(HarmlessText.IsLine(row) && DisplayText.Width(row) <= Width, "a row is harmless and fits", row);
        }

        string[] lines = [.. NameColumns.Lay(cells, Width)];
        PropertyException.Require(
            lines.Length <= Math.Max(1, cells.Length) && lines.All(line => DisplayText.Width(line) <= Width || lines.Length == cells.Length),
            "names stand in columns that fit");
        PropertyException.Require(
            string.Concat(lines).Replace(" ", "", StringComparison.Ordinal).Length
                == string.Concat(cells).Replace(" ", "", StringComparison.Ordinal).Length
            || cells.Any(cell => cell != cell.TrimEnd()),
            "no name is lost");
    }

    private static bool IsWhole(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Screen(byte[] input, int[] cuts)
    {
        using var shown = new MemoryStream();
        using (var screen = new ScreenText(shown))
        {
            int from = 0;
            foreach (int to in cuts)
            {
                screen.Write(input.AsSpan(from..to));
                from = to;
            }
        }

        return Encoding.UTF8.GetString(shown.ToArray());
    }
}
