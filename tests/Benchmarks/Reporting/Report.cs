using System.Globalization;
using GuestAgent.Benchmarks.Measuring;

namespace GuestAgent.Benchmarks.Reporting;

/// <summary>Prints figures as rows of a table as they come, and remembers which targets were missed.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<string> _missed = [];

    public void Note(string text) => output.WriteLine(text);

    /// <summary>Begins a table.</summary>
    /// <param name="title">What is measured, and where.</param>
    /// <param name="peer">Whom our agent is compared with.</param>
    public void Section(string title, string peer = "qemu-ga")
    {
        output.WriteLine();
        output.WriteLine("== " + title);
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
            Limit(target) + (aim is null ? "" : $" (aim {aim:0.00})"),
            target is { } wanted ? Verdict(what, comparison.Ratio <= wanted) : "");
    }

    /// <summary>Both agents' figures, with a target for ours or without.</summary>
    public void Add(string what, string ours, string theirs = "", string target = "", bool? met = null) =>
        Row(what, ours, theirs, "", target, met is { } isMet ? Verdict(what, isMet) : "");

    /// <summary>Ends the table.</summary>
    /// <returns>True when every target was met.</returns>
    public bool End()
    {
        output.WriteLine();
        output.WriteLine(_missed.Count == 0 ? "every target met" : "MISSED: " + string.Join("; ", _missed));
        return _missed.Count == 0;
    }

    private static string Limit(double? target) =>
        target is { } limit ? string.Create(CultureInfo.InvariantCulture, $"<= {limit:0.00}") : "";

    private string Verdict(string what, bool met)
    {
        if (!met)
        {
            _missed.Add(what);
        }

        return met ? "PASS" : "FAIL";
    }

    private void Row(string what, string ours, string theirs, string ratio, string target, string verdict) =>
        output.WriteLine($"{what,-52} {ours,-28} {theirs,-28} {ratio,-18} {target,-18} {verdict}".TrimEnd());
}
