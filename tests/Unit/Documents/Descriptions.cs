using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GuestAgent.Tests.Unit.Documents;

/// <summary>What the sources say of a type or of a member of a record, in the words of JSON.</summary>
internal sealed partial class Descriptions
{
    private readonly Dictionary<string, XElement> _members;

    /// <summary>Those of an assembly.</summary>
    public Descriptions(Assembly assembly) => _members = XDocument
        .Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <summary>Of a type; null when there is none.</summary>
    public string? Of(Type type) => Text(_members.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    /// <summary>Of a member that is a parameter of its record; null when there is none.</summary>
    /// <param name="type">The record.</param>
    /// <param name="name">The member's name in C#.</param>
    public string? Of(Type type, string name) => Text(_members.GetValueOrDefault($"T:{type.FullName}")?
        .Elements("param")
        .FirstOrDefault(parameter => string.Equals(parameter.Attribute("name")?.Value, name, StringComparison.OrdinalIgnoreCase)));

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        IEnumerable<string> words = element.Nodes().Select(static node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } reference => Word(reference),
            XElement inner => inner.Value,
            _ => "",
        });
        return Blanks().Replace(string.Concat(words), " ").Trim();
    }

    private static string Word(XElement reference) => reference.Attribute("langword")?.Value
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(reference.Attribute("cref")!.Value.Split('.')[^1]);

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
