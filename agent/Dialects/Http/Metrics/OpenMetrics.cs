using System.Globalization;
using System.Text;

namespace GuestAgent.Dialects.Http.Metrics;

/// <summary>Writes the text of OpenMetrics 1.0.</summary>
internal sealed class OpenMetrics
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _family = "";
    private string _suffix = "";

    /// <summary>Begins a family of values that go up and down.</summary>
    public OpenMetrics Gauge(string name, string help) => Begin(name, "gauge", "", help);

    /// <summary>Begins a family of values that only go up.</summary>
    /// <param name="name">Its name, without <c>_total</c>.</param>
    /// <param name="help">What it counts.</param>
    public OpenMetrics Counter(string name, string help) => Begin(name, "counter", "_total", help);

    /// <summary>Begins a family that says something in its labels.</summary>
    /// <param name="name">Its name, without <c>_info</c>.</param>
    /// <param name="help">What it says.</param>
    public OpenMetrics Info(string name, string help) => Begin(name, "info", "_info", help);

    /// <summary>Adds a value to the family that was begun last.</summary>
    /// <param name="value">The value.</param>
    /// <param name="labels">What it is the value of.</param>
    public OpenMetrics Add(double value, params ReadOnlySpan<(string Name, string? Value)> labels)
    {
        _text.Append(_family).Append(_suffix);
        char before = '{';
        foreach ((string name, string? text) in labels)
        {
            _text.Append(before).Append(name).Append("=\"").Append(Escape(text ?? "")).Append('"');
            before = ',';
        }

        if (labels.Length > 0)
        {
            _text.Append('}');
        }

        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>Ends it.</summary>
    public byte[] Finish() => Encoding.UTF8.GetBytes(_text.Append("# EOF\n").ToString());

    private OpenMetrics Begin(string name, string type, string suffix, string help)
    {
        (_family, _suffix) = (name, suffix);
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help)).Append('\n');
        return this;
    }

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
