using System.Text.RegularExpressions;
using Xunit;

namespace GuestAgent.Tests.Unit;

/// <summary>Each promise of SECURITY.md names tests, and they are there.</summary>
public sealed partial class SecurityPageTests
{
    private const int FewestPromises = 25;

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "SECURITY.md"));

    // Of all directories of tests: those in a VM are another program.
    private static readonly string[] Sources =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests"))
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText),
    ];

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        string[] named = [.. Names().Matches(Page).Select(match => match.Value.Trim('`')).Distinct(StringComparer.Ordinal)];
        HashSet<string> there = [.. Sources.SelectMany(Tests)];

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, there));
    }

    [Fact]
    public void Every_promise_names_a_test()
    {
        string[] promises = Promises().Match(Page).Groups[1].Value.Split("\n- ")[1..];

        Assert.InRange(promises.Length, FewestPromises, int.MaxValue);
        Assert.All(promises, promise => Assert.Matches(Names(), promise));
    }

    // Several classes may have one name.
    private static IEnumerable<string> Tests(string source)
    {
        string[] methods = [.. Methods().Matches(source).Select(match => match.Groups[1].Value)];
        return Classes().Matches(source).SelectMany(type => methods.Select(method => $"{type.Groups[1].Value}.{method}"));
    }

    // A name of a test has an underscore, which sets it apart from types that are mentioned.
    [GeneratedRegex(@"`[A-Z]\w*\.[A-Za-z]\w*_\w*`")]
    private static partial Regex Names();

    [GeneratedRegex(@"^## What is promised\n(.*?)^## ", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Promises();

    [GeneratedRegex(@"^public (?:sealed )?(?:partial )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Classes();

    // Data and comments may stand between the attribute and the method, but no blank line.
    [GeneratedRegex(
        @"^    \[(?:Fact|Theory)\b(?:(?!\n\n).)*?^    public [^\n(]*?(\w+)\(",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Methods();
}
