using System.Reflection;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Host;
using NetArchTest.Rules;
using Xunit;
using TestResult = NetArchTest.Rules.TestResult;

namespace GuestAgent.Tests.Unit;

/// <summary>
/// Which part of a program may use which, in the assemblies as they are built: what a source file does not name counts too, such as
/// the type of an expression.
/// </summary>
public sealed class LayerTests
{
    private const string Everything = "*";

    // The agent's: bytes come in on the left. Each layer may use what it needs to its right, never to its left; the composition
    // (Hosting, and Program in no folder) alone knows all.
    private static readonly Dictionary<string, string[]> Agent = new(StringComparer.Ordinal)
    {
        ["Hosting"] = [Everything],
        ["Transports"] = ["Connections", "Settings", "Linux"],
        ["Connections"] = ["Linux"],
        ["Dialects"] = ["Connections", "Sessions", "Dispatch", "Memory", "Settings"],
        ["Sessions"] = ["Dispatch", "Memory", "Settings"],
        ["Dispatch"] = ["Memory", "Settings", "Logging", "Linux"],
        ["Operations"] =
        [
            "Dispatch", "Commands", "Forwarding", "Files", "Power", "Workloads", "Policy", "Paths", "Execution", "Accounts", "Processes", "Machine", "Network", "Storage",
            "Telemetry", "Memory", "Settings", "Linux",
        ],
        ["Workloads"] = ["Files", "Policy", "Paths", "Execution", "Accounts", "Linux"],
        ["Files"] = ["Dispatch", "Policy", "Paths", "Accounts", "Memory", "Settings", "Linux"],
        ["Commands"] = ["Dispatch", "Policy", "Paths", "Execution", "Accounts", "Processes", "Memory", "Settings", "Linux"],
        ["Forwarding"] = ["Dispatch", "Commands", "Policy", "Settings", "Paths", "Linux"],
        ["Power"] = ["Dispatch", "Policy", "Execution", "Processes", "Linux"],
        ["Policy"] = ["Dispatch", "Paths", "Execution", "Accounts", "Settings", "Linux"],
        ["Paths"] = ["Linux"],
        ["Execution"] = ["Accounts", "Processes", "Paths", "Linux"],
        ["Accounts"] = ["Linux"],
        ["Processes"] = ["Linux"],
        ["Machine"] = ["Linux"],
        ["Network"] = ["Linux"],
        ["Storage"] = ["Linux"],
        ["Telemetry"] = ["Dispatch", "Machine", "Network", "Storage", "Processes", "Linux"],
        ["Init"] = ["Execution", "Linux"],
        ["Settings"] = ["Memory", "Linux"],
        ["Warnings"] = ["Settings", "Paths", "Execution", "Accounts", "Linux"],
        ["Systemd"] = ["Settings", "Linux"],
        ["Logging"] = ["Linux"],
        ["Memory"] = ["Linux"],
        ["Linux"] = [],
    };

    // What both sides share.
    private static readonly Dictionary<string, string[]> Shared = new(StringComparer.Ordinal)
    {
        ["Wire"] = ["Contracts", "Errors", "Framing", "Buffers"],
        ["Contracts"] = ["Wire", "Errors", "Buffers"],
        ["Framing"] = [],
        ["Errors"] = [],
        ["Buffers"] = [],
        ["Hashing"] = [],
        ["Sparse"] = [],
    };

    // The library; what is in no folder is what its users see.
    private static readonly Dictionary<string, string[]> Host = new(StringComparer.Ordinal)
    {
        ["Workloads"] = ["Transports"],
        ["Notifications"] = ["Sessions"],
        ["Files"] = ["Sessions", "Diagnostics"],
        ["Commands"] = ["Sessions"],
        ["Forwarding"] = ["Sessions", "Commands"],
        ["Sessions"] = ["Notifications", "Commands", "Transports", "Diagnostics"],
        ["Diagnostics"] = [],
        ["Transports"] = [],
    };

    [Fact]
    public void Each_layer_of_the_agent_uses_only_those_to_its_right() =>
        Assert.Empty(Offences(typeof(OperationCatalog).Assembly, "GuestAgent", Agent));

    [Fact]
    public void What_both_sides_share_uses_no_more_of_itself_than_it_needs() =>
        Assert.Empty(Offences(typeof(IOperationContract).Assembly, "GuestAgent", Shared));

    [Fact]
    public void Each_part_of_the_host_library_uses_only_what_it_stands_on() =>
        Assert.Empty(Offences(typeof(GuestClient).Assembly, "GuestAgent.Host", Host));

    [Fact]
    public void What_the_agent_and_the_library_share_is_all_that_they_have_in_common() =>
        Assert.Equal(
            ["GuestAgent.Shared"],
            References(typeof(OperationCatalog).Assembly).Intersect(References(typeof(GuestClient).Assembly), StringComparer.Ordinal));

    [Fact]
    public void An_offence_is_found() =>
        Assert.Contains(
            "GuestAgent.Dispatch.Dispatcher uses more than Dispatch may",
            Offences(typeof(OperationCatalog).Assembly, "GuestAgent", new(Agent) { ["Dispatch"] = [] }));

    [Theory]
    [InlineData("agent", nameof(Agent))]
    [InlineData("shared", nameof(Shared))]
    [InlineData("host/GuestAgent.Host", nameof(Host))]
    public void Every_folder_has_a_place_in_the_layers(string path, string layers)
    {
        Dictionary<string, string[]> known = layers switch
        {
            nameof(Agent) => Agent,
            nameof(Shared) => Shared,
            _ => Host,
        };

        Assert.Equal(
            known.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Path.Combine(Repository.Root, path))
                .Select(folder => Path.GetFileName(folder))
                .Where(name => name is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal));
    }

    private static List<string> Offences(Assembly assembly, string root, Dictionary<string, string[]> layers)
    {
        List<string> offences = [];
        foreach ((string layer, string[] allowed) in layers)
        {
            string[] forbidden = [.. layers.Keys.Except(allowed is [Everything] ? layers.Keys : [layer, .. allowed]).Select(other => $"{root}.{other}")];
            TestResult result = Types.InAssembly(assembly)
                .That().ResideInNamespace($"{root}.{layer}")
                .ShouldNot().HaveDependencyOnAny(forbidden)
                .GetResult();
            offences.AddRange((result.FailingTypes ?? []).Select(type => $"{type.FullName} uses more than {layer} may"));
        }

        return offences;
    }

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies()
        .Select(reference => reference.Name!)
        .Where(name => name.StartsWith("GuestAgent.", StringComparison.Ordinal));
}
