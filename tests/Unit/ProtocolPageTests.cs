using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Operations;
using GuestAgent.Wire.JsonRpc;
using Xunit;

namespace GuestAgent.Tests.Unit;

/// <summary>PROTOCOL.md and the transcripts beside the contracts: what one has and the other has not.</summary>
public sealed partial class ProtocolPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md"));

    private static readonly IOperationContract[] Contracts = [.. typeof(IOperationContract).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType))
        .Select(field => (IOperationContract)field.GetValue(null)!)];

    public static TheoryData<string> Operations => [.. Contracts.Select(contract => contract.Name)];

    [Fact]
    public void Every_contract_is_registered() =>
        Assert.Equal(
            Registration.Names.Order(StringComparer.Ordinal),
            Contracts.Select(contract => contract.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_list_of_operations_names_each_in_the_order_of_their_sections()
    {
        string list = Between("- [Operations](#operations)", "- [Notifications");
        string operations = Between("\n## Operations", "\n## Notifications");

        Assert.Equal(
            Heading().Matches(operations).Select(match => match.Groups[1].Value),
            Code().Matches(list).Select(match => match.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Each_operation_has_a_section_with_a_row_for_each_parameter_and_its_being_required(string operation)
    {
        string section = Section(operation);
        string[] rows = ParameterRows(section);
        if (rows.Length == 0)
        {
            rows = [.. LinkedFrom(section).SelectMany(ParameterRows)];
        }

        JsonTypeInfo shape = Shape(operation, "Request");

        Assert.All(shape.Properties, property =>
        {
            string row = Assert.Single(
                rows, row => row.Split('|')[1].Contains($"`{property.Name}`", StringComparison.Ordinal));
            bool isRequired = property.AssociatedParameter is { HasDefaultValue: false };
            Assert.Equal(isRequired, row.Split('|')[3].Trim().StartsWith("required", StringComparison.Ordinal));
        });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Each_member_of_a_result_has_a_row_in_the_section_or_in_one_that_it_leads_to(string operation)
    {
        string section = Section(operation);
        string[] linked = LinkedFrom(section);
        string text = string.Concat([section, .. linked, .. linked.SelectMany(LinkedFrom)]);

        Assert.All(
            Members(Shape(operation, "Result"), []),
            member => Assert.Contains($"| `{member}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_link_within_the_page_leads_to_a_section() =>
        Assert.All(Link().Matches(Page), match => Assert.NotEmpty(Section(match.Groups[1].Value)));

    [Theory]
    [MemberData(nameof(Operations))]
    public void Each_operation_is_asked_for_in_a_transcript(string operation) =>
        Assert.Contains(
            Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "tests", "Integration", "Transcripts", "jsonrpc"), "*.txt"),
            path => File.ReadLines(path).Any(line => line.StartsWith("> ", StringComparison.Ordinal)
                && line.Contains($"\"method\":\"{operation}\"", StringComparison.Ordinal)));

    [Fact]
    public void Every_error_code_has_a_row() =>
        Assert.All(
            Enum.GetValues<ErrorCode>(),
            code => Assert.Contains($"\n| {JsonRpcErrors.ToNumber(code)} |", Page, StringComparison.Ordinal));

    [Fact]
    public void What_comes_from_the_other_side_is_read_as_strictly_by_all_shapes()
    {
        JsonSerializerContext[] contexts = [.. new[] { typeof(IOperationContract).Assembly, typeof(Registration).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
            .Select(type => (JsonSerializerContext)type.GetProperty("Default")!.GetValue(null)!)];
        // Hosts of the replaced system may send more than it knew, and an agent may one day say more of an error.
        string[] tolerant = ["ErrorDetailJson", "ErrorDetailMembersJson", "WorkloadJson"];
        string[] loose = [.. contexts
            .Where(context => context.Options is not
            {
                UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow,
                RespectNullableAnnotations: true,
                RespectRequiredConstructorParameters: true,
                AllowDuplicateProperties: false,
                PropertyNameCaseInsensitive: false,
                NumberHandling: JsonNumberHandling.Strict,
            } || context.Options.PropertyNamingPolicy != JsonNamingPolicy.SnakeCaseLower)
            .Select(context => context.GetType().Name)
            .Order(StringComparer.Ordinal)];

        Assert.True(contexts.Length > 2 * tolerant.Length);
        Assert.Equal(tolerant, loose);
    }

    private static IEnumerable<string> Members(JsonTypeInfo shape, HashSet<Type> seen)
    {
        if (shape.ElementType is { } element)
        {
            return Members(shape.Options.GetTypeInfo(element), seen);
        }

        return shape.Kind != JsonTypeInfoKind.Object || !seen.Add(shape.Type)
            ? []
            : shape.Properties.SelectMany(property =>
                Members(shape.Options.GetTypeInfo(property.PropertyType), seen).Prepend(property.Name));
    }

    private static JsonTypeInfo Shape(string operation, string side)
    {
        IOperationContract contract = Contracts.Single(contract => contract.Name == operation);
        return (JsonTypeInfo)contract.GetType().GetProperty(side)!.GetValue(contract)!;
    }

    private static string Between(string first, string last)
    {
        int start = Page.IndexOf(first, StringComparison.Ordinal);
        return Page[start..Page.IndexOf(last, start, StringComparison.Ordinal)];
    }

    private static string[] ParameterRows(string section) => [.. section.Split('\n')
        .SkipWhile(line => line != "| parameter | type | default | meaning |")
        .TakeWhile(line => line.StartsWith('|'))];

    private static string[] LinkedFrom(string section) => [.. Link().Matches(section).Select(match => Section(match.Groups[1].Value))];

    // By the anchor that a link to it has.
    private static string Section(string anchor)
    {
        Match heading = AnyHeading().Matches(Page).SingleOrDefault(match => Anchor(match.Groups[1].Value) == Anchor(anchor))
            ?? throw new InvalidOperationException($"PROTOCOL.md has no section {anchor}");
        int end = heading.NextMatch() is { Success: true } next ? next.Index : Page.Length;
        return Page[heading.Index..end];
    }

    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ')).Replace(' ', '-');

    [GeneratedRegex("(?m)^### `([a-z_.]+)`$")]
    private static partial Regex Heading();

    [GeneratedRegex("`([a-z_.]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("\\]\\(#([a-z_-]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?m)^###? (.+)$")]
    private static partial Regex AnyHeading();
}
