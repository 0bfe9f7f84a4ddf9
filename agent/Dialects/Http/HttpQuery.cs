using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// The query of a request as parameters of an operation. Unlike the framework's, it takes nothing for text that is none: a path
/// that is not UTF-8 must not become another one.
/// </summary>
internal sealed class HttpQuery
{
    // Parameters whose JSON is no string; what does not look like it goes on as it is, and is refused with its name.
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal) { "create_dirs", "hidden", "recursive" };
    private static readonly HashSet<string> Numbers = new(StringComparer.Ordinal) { "limit", "interval_seconds" };

    private readonly List<(string Name, string Value)> _members;

    private HttpQuery(List<(string Name, string Value)> members) => _members = members;

    /// <summary>How many parameters it has.</summary>
    public int Count => _members.Count;

    /// <summary>The value of a parameter; null when it is not there.</summary>
    public string? this[string name] => _members.Find(member => member.Name == name).Value;

    /// <summary>Reads the query of a request.</summary>
    /// <exception cref="OperationException">It is not percent-encoded UTF-8.</exception>
    public static HttpQuery Of(HttpContext context)
    {
        List<(string, string)> members = [];
        string text = context.Request.QueryString.Value ?? "";
        foreach (string member in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = member.IndexOf('=', StringComparison.Ordinal);
            string name = Decode(equals < 0 ? member : member[..equals], "");
            members.Add((name, equals < 0 ? "" : Decode(member[(equals + 1)..], name)));
        }

        return new HttpQuery(members);
    }

    /// <summary>The same without a parameter.</summary>
    public HttpQuery Without(string name) => new(_members.FindAll(member => member.Name != name));

    /// <summary>The JSON object of the parameters.</summary>
    /// <param name="more">Writes those that are not in the query.</param>
    public byte[] ToParameters(Action<Utf8JsonWriter>? more = null)
    {
        var output = new ArrayBufferWriter<byte>();
        HttpJson.Write(output, json =>
        {
            json.WriteStartObject();
            foreach ((string name, string value) in _members)
            {
                json.WritePropertyName(name);
                WriteValue(json, name, value);
            }

            more?.Invoke(json);
            json.WriteEndObject();
        });
        return output.WrittenSpan.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, string value)
    {
        if (Words.Contains(name) && value is "true" or "false")
        {
            json.WriteBooleanValue(value == "true");
        }
        else if (Numbers.Contains(name) && decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(value);
        }
    }

    // application/x-www-form-urlencoded, as curl, browsers and every library write it.
    private static string Decode(string text, string name)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                length += Encoding.UTF8.GetBytes(text[i] == '+' ? " " : text.AsSpan(i, 1), bytes.AsSpan(length));
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw Misfit(name);
            }

            bytes[length++] = byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            i += 2;
        }

        ReadOnlySpan<byte> decoded = bytes.AsSpan(0, length);
        return System.Text.Unicode.Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : throw Misfit(name);
    }

    private static OperationException Misfit(string name) =>
        OperationException.InvalidParameter(name, "The query is not percent-encoded UTF-8.", "encoding");
}
