using System.Globalization;
using System.Text;

namespace GuestAgent.Benchmarks.Growth;

/// <summary>Draws curves side by side as SVG, both axes logarithmic: what grows in proportion is a straight line.</summary>
internal static class CurvePicture
{
    private const int Columns = 2;
    private const int Width = 420;
    private const int Height = 260;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 40;
    private const int Bottom = 50;

    private const string Style = """
        <style>
          text { font: 12px sans-serif; fill: #333 } .title { font-weight: bold } .end { text-anchor: end } .mid { text-anchor: middle }
          .frame { fill: none; stroke: #999 } .grid { stroke: #ddd } .ours { stroke: #1565c0; fill: #1565c0 }
          .theirs { stroke: #c62828; fill: #c62828 } polyline { fill: none !important; stroke-width: 2 }
          rect.all { fill: #fff }
        </style>
        """;

    public static string Draw(IReadOnlyList<Curve> curves)
    {
        int rows = (curves.Count + Columns - 1) / Columns;
        StringBuilder svg = new();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Columns * Width} {rows * Height}\">");
        Line(svg, $"{Style}");
        Line(svg, $"<rect class=\"all\" width=\"{Columns * Width}\" height=\"{rows * Height}\"/>");
        for (int i = 0; i < curves.Count; i++)
        {
            Line(svg, $"<g transform=\"translate({i % Columns * Width} {i / Columns * Height})\">");
            Draw(svg, curves[i]);
            Line(svg, $"</g>");
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Draw(StringBuilder svg, Curve curve)
    {
        Axis across = Axis.Of(curve.Points.Select(point => point.Amount), Left, Width - Right);
        Axis up = Axis.Of(curve.Points.SelectMany(point => new[] { Ms(point.Ours), Ms(point.Theirs) }), Height - Bottom, Top);
        Line(svg, $"<text class=\"title\" x=\"{Left}\" y=\"18\">{curve.Title}</text>");
        Line(svg, $"<rect class=\"frame\" x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\"/>");
        foreach (double value in up.Decades)
        {
            Line(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{up.At(value):0.0}\" y2=\"{up.At(value):0.0}\"/>");
            Line(svg, $"<text class=\"end\" x=\"{Left - 6}\" y=\"{up.At(value) + 4:0.0}\">{value:0.###} ms</text>");
        }

        foreach ((double amount, _, _) in curve.Points)
        {
            Line(svg, $"<text class=\"mid\" x=\"{across.At(amount):0.0}\" y=\"{Height - Bottom + 18}\">{amount:#,0}</text>");
        }

        Line(svg, $"<text class=\"mid\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 14}\">{curve.Of}</text>");
        Plot(svg, "ours", "guest-agent", 0, curve.Points.Select(point => (across.At(point.Amount), up.At(Ms(point.Ours)))));
        Plot(svg, "theirs", curve.Rival, 1, curve.Points.Select(point => (across.At(point.Amount), up.At(Ms(point.Theirs)))));
    }

    private static void Plot(StringBuilder svg, string kind, string name, int row, IEnumerable<(double X, double Y)> points)
    {
        (double X, double Y)[] all = [.. points];
        string path = string.Join(' ', all.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.0},{point.Y:0.0}")));
        Line(svg, $"<polyline class=\"{kind}\" points=\"{path}\"/>");
        foreach ((double x, double y) in all)
        {
            Line(svg, $"<circle class=\"{kind}\" cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"3\"/>");
        }

        Line(svg, $"<circle class=\"{kind}\" cx=\"{Left + 12}\" cy=\"{Top + 14 + (row * 16)}\" r=\"3\"/>");
        Line(svg, $"<text x=\"{Left + 20}\" y=\"{Top + 18 + (row * 16)}\">{name}</text>");
    }

    private static double Ms(TimeSpan time) => time.TotalMilliseconds;

    private static void Line(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Places numbers on one axis, from a power of ten to another where there is more than one.</summary>
    private sealed record Axis(double Least, double Most, double From, double To)
    {
        public IEnumerable<double> Decades
        {
            get
            {
                for (double value = Math.Pow(10, Math.Floor(Math.Log10(Least))); value <= Most * 1.001; value *= 10)
                {
                    if (value >= Least * 0.999)
                    {
                        yield return value;
                    }
                }
            }
        }

        public static Axis Of(IEnumerable<double> values, double from, double to)
        {
            double[] all = [.. values];
            return new Axis(
                Math.Pow(10, Math.Floor(Math.Log10(all.Min()))), Math.Pow(10, Math.Ceiling(Math.Log10(all.Max() * 1.001))), from, to);
        }

        public double At(double value) => From + ((To - From) * Math.Log(value / Least) / Math.Log(Most / Least));
    }
}
