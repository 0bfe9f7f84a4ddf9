using System.Globalization;
using System.Text.Json;
using GuestAgent.Benchmarks.Measuring;

namespace GuestAgent.Benchmarks.Reporting;

/// <summary>
/// Prints figures as rows of a table as they come, and as lines of JSON for programs; remembers which targets were missed.
/// </summary>
/// <param name="output">Gets the table.</param>
/// <param name="lines">Gets the JSON.</param>
/// <param name="judges">Whether targets count: they are meant for the comparison with other programs.</param>
internal sealed class Report(TextWriter output, TextWriter lines, bool judges)
{
    private readonly List<string> _missed = [];
    private string _section = "";
    private string _peer = "";

    public void Note(string text) => output.WriteLine(text);

    /// <summary>Begins a table.</summary>
    /// <param name="title">What is measured, and where.</param>
    /// <param name="peer">Whom our agent is compared with.</param>
    public void Section(string title, string peer = "qemu-ga")
    {
        output.WriteLine();
        output.WriteLine("== " + title);
        (_section, _peer) = (title, peer);
        Row("", "guest-agent", peer, "ratio (quartiles)", "target", "");
    }

    /// <summary>Both agents, with a target for the ratio or without.</summary>
    public void Add(string what, Comparison comparison, double? target = null, double? aim = null)
    {
        string ratio = string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Ratio:0.00} ({comparison.LowerQuartile:0.00}-{comparison.UpperQuartile:0.00})");
        Row(
            $"{what}, n={comparison.Ours.Count}",
            Figure.Of(comparison.Ours),
            Figure.Of(comparison.Theirs),
            ratio,
            judges ? Limit(target) + (aim is null ? "" : $" (aim {aim:0.00})") : "",
            target is { } wanted ? Verdict(what, comparison.Ratio <= wanted) : "");
        Line(new
        {
            section = _section,
            row = what,
            peer = _peer,
            count = comparison.Ours.Count,
            unit = "us",
            ours = Microseconds(comparison.Ours),
            theirs = Microseconds(comparison.Theirs),
            ratio = new { median = comparison.Ratio, lower = comparison.LowerQuartile, upper = comparison.UpperQuartile },
        });
    }

    /// <summary>Both agents' figures, with a target for ours or without.</summary>
    public void Add(string what, string ours, string theirs = "", string target = "", bool? met = null)
    {
        Row(what, ours, theirs, "", judges ? target : "", met is { } isMet ? Verdict(what, isMet) : "");
        Line(new { section = _section, row = what, peer = _peer, ours, theirs });
    }

    /// <summary>Ends the table.</summary>
    /// <returns>True when every target was met.</returns>
    public bool End()
    {
        output.WriteLine();
        output.WriteLine(
            !judges ? "no targets: a former agent" : _missed.Count == 0 ? "every target met" : "MISSED: " + string.Join("; ", _missed));
        return _missed.Count == 0;
    }

    private static string Limit(double? target) =>
        target is { } limit ? string.Create(CultureInfo.InvariantCulture, $"<= {limit:0.00}") : "";

    private string Verdict(string what, bool met)
    {
        if (!judges)
        {
            return "";
        }

        if (!met)
        {
            _missed.Add(what);
        }

        return met ? "PASS" : "FAIL";
    }

    private static object Microseconds(Samples samples) => new
    {
        median = samples.Median.TotalMicroseconds,
        p95 = samples.P95.TotalMicroseconds,
        p99 = samples.P99.TotalMicroseconds,
    };

    private void Line<T>(T row) => lines.WriteLine(JsonSerializer.Serialize(row));

    private void Row(string what, string ours, string theirs, string ratio, string target, string verdict) =>
        output.WriteLine($"{what,-52} {ours,-28} {theirs,-28} {ratio,-18} {target,-18} {verdict}".TrimEnd());
}
