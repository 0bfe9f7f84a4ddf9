using System.Reflection;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Operations;
using GuestAgent.Wire.JsonRpc;
using Xunit;

namespace GuestAgent.Tests.Unit;

/// <summary>Rules of the design that no compiler checks.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Agent = typeof(OperationCatalog).Assembly;

    // Bytes come in on the left. Each layer may name what it needs to its right, never to its left; the composition root
    // (AgentHost, Program) alone knows all.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Transports"] = ["Connections", "Settings", "Linux"],
        ["Connections"] = ["Linux"],
        ["Dialects"] = ["Connections", "Dispatch", "Settings"],
        ["Dispatch"] = ["Settings", "Linux"],
        ["Operations"] =
        [
            "Dispatch", "Commands", "Files", "Power", "Workloads", "Policy", "Processes", "Machine", "Network", "Storage",
            "Telemetry", "Settings", "Linux",
        ],
        ["Files"] = ["Dispatch", "Policy", "Paths", "Processes", "Settings", "Linux"],
        ["Commands"] = ["Dispatch", "Policy", "Processes", "Settings", "Linux"],
        ["Power"] = ["Dispatch", "Policy", "Processes", "Linux"],
        ["Workloads"] = ["Policy", "Processes", "Linux"],
        ["Policy"] = ["Dispatch", "Paths", "Settings", "Linux"],
        ["Paths"] = ["Linux"],
        ["Processes"] = ["Linux"],
        ["Machine"] = ["Linux"],
        ["Network"] = ["Linux"],
        ["Storage"] = ["Linux"],
        ["Telemetry"] = ["Dispatch", "Machine", "Network", "Storage", "Processes", "Linux"],
        ["Init"] = ["Processes", "Linux"],
        ["Settings"] = ["Linux"],
        ["Systemd"] = ["Settings", "Linux"],
        ["Logging"] = ["Linux"],
        ["Memory"] = ["Linux"],
        ["Linux"] = [],
    };

    [Fact]
    public void Each_layer_names_only_the_layers_to_its_right()
    {
        List<string> offences = [];
        foreach (string file in Sources("agent"))
        {
            string folder = Path.GetRelativePath(Path.Combine(Repository.Root, "agent"), file).Split('/')[0];
            if (!Allowed.TryGetValue(folder, out string[]? allowed))
            {
                continue;
            }

            foreach (string used in File.ReadLines(file).Where(line => line.StartsWith("using GuestAgent.", StringComparison.Ordinal)))
            {
                string layer = used["using GuestAgent.".Length..].TrimEnd(';');
                bool isAgentLayer = Allowed.ContainsKey(layer.Split('.')[0]) && layer.Split('.')[0] != folder;
                if (isAgentLayer && !allowed.Any(name => layer == name || layer.StartsWith(name + ".", StringComparison.Ordinal)))
                {
                    offences.Add($"{Path.GetRelativePath(Repository.Root, file)} uses {layer}");
                }
            }
        }

        Assert.Empty(offences);
    }

    [Fact]
    public void Folders_are_namespaces()
    {
        foreach (string file in Sources("agent").Concat(Sources("shared")))
        {
            string relative = Path.GetRelativePath(Repository.Root, file);
            string[] folders = relative.Split('/')[1..^1];
            string expected = string.Join('.', folders.Prepend("GuestAgent"));
            string declared = File.ReadLines(file).First(line => line.StartsWith("namespace ", StringComparison.Ordinal));
            Assert.Equal($"namespace {expected};", declared);
        }
    }

    [Fact]
    public void Every_contract_is_registered_and_documented()
    {
        string protocol = File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md"));
        IReadOnlySet<string> registered = Registration.Names;
        string[] contracts = [.. typeof(IOperationContract).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType))
            .Select(field => ((IOperationContract)field.GetValue(null)!).Name)];

        Assert.Equal(registered.Order(StringComparer.Ordinal), contracts.Order(StringComparer.Ordinal));
        Assert.All(contracts, name => Assert.Contains($"\n### `{name}`\n", protocol, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_parameter_and_result_member_is_documented()
    {
        string protocol = File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md"));
        IEnumerable<string> members = typeof(IOperationContract).Assembly.GetTypes()
            .Where(type => type.Namespace is { } name && name.StartsWith("GuestAgent.Contracts.", StringComparison.Ordinal)
                && type.GetMethod("<Clone>$") is not null)
            .SelectMany(type => type.GetProperties())
            .Where(property => property.Name != "EqualityContract")
            .Select(property => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

        Assert.All(members.Distinct(), name => Assert.Contains($"| `{name}` |", protocol, StringComparison.Ordinal));
    }

    [Fact]
    public void No_member_of_a_result_has_the_name_of_one_of_the_error_that_may_carry_it()
    {
        IEnumerable<string> ofErrors = typeof(ErrorDetail).GetProperties().Select(property => property.Name);
        IEnumerable<string> ofResults = typeof(IOperationContract).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType) && field.FieldType.IsGenericType)
            .SelectMany(field => field.FieldType.GetGenericArguments()[1].GetProperties())
            .Select(property => property.Name);

        Assert.Contains("TimedOut", ofResults);
        Assert.Empty(ofResults.Intersect(ofErrors, StringComparer.Ordinal));
    }

    [Fact]
    public void Operations_are_reached_through_the_dispatcher_alone()
    {
        string[] outside = [.. Sources("agent")
            .Where(file => !file.Contains("/Operations/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("Operation(", StringComparison.Ordinal)
                || File.ReadAllText(file).Contains(".ExecuteAsync(", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file))];

        // The typed route calls the operation, and only AuthorisedCall, which only Route makes, leads there.
        Assert.Equal(["Route{TRequest,TGrant,TResult}.cs"], outside);
        string[] runners = [.. Sources("agent")
            .Where(file => File.ReadAllText(file).Contains(".RunAsync(deadline", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file))];
        Assert.Equal(["Dispatcher.cs"], runners);
    }

    [Fact]
    public void An_operation_that_does_more_than_look_cannot_be_registered_without_an_authorisation()
    {
        Type[] operations = [.. Agent.GetTypes().Where(type => !type.IsAbstract && type.GetInterfaces()
            .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IOperation<,,>)))];
        Assert.NotEmpty(operations);
        foreach (IOperationContract contract in Contracts())
        {
            Type operation = operations.Single(type => type.Name == contract.GetType().GenericTypeArguments[0].Name
                .Replace("Request", "Operation", StringComparison.Ordinal));
            Type grant = operation.GetInterfaces().Single(i => i.IsGenericType).GenericTypeArguments[1];
            Assert.Equal(contract.Access == Access.Observe, grant == typeof(Unrestricted));
        }
    }

    [Fact]
    public void Error_codes_keep_their_names_and_numbers()
    {
        string[] frozen =
        [
            "Internal=0:-32603", "ParseError=1:-32700", "InvalidRequest=2:-32600", "UnknownOperation=3:-32601",
            "InvalidParameters=4:-32602", "CommandFailed=5:-32000", "PermissionDenied=6:-32001", "NotFound=7:-32002",
            "TimedOut=8:-32003", "Busy=9:-32004", "Cancelled=10:-32005", "TooLarge=11:-32006", "Frozen=12:-32007",
            "NotSupported=13:-32008", "ShuttingDown=14:-32009", "Conflict=15:-32010",
        ];
        IEnumerable<string> now = Enum.GetValues<ErrorCode>()
            .Select(code => $"{code}={(int)code}:{JsonRpcErrors.ToNumber(code)}");

        Assert.Equal(frozen, now);
        Assert.All(
            Enum.GetValues<ErrorCode>(),
            code => Assert.Equal(code, JsonRpcErrors.FromNumber(JsonRpcErrors.ToNumber(code))));
    }

    [Fact]
    public void Every_error_code_is_documented()
    {
        string protocol = File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md"));
        Assert.All(
            Enum.GetValues<ErrorCode>(),
            code => Assert.Contains($"\n| {JsonRpcErrors.ToNumber(code)} |", protocol, StringComparison.Ordinal));
    }

    [Fact]
    public void Layers_are_all_known_to_these_tests()
    {
        string[] folders = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "agent"))
            .Select(path => Path.GetFileName(path))
            .Where(name => name is not ("bin" or "obj"))];
        Assert.All(folders, name => Assert.True(Allowed.ContainsKey(name), name + " has no place in the layers"));
        Assert.All(Allowed.Keys, name => Assert.Contains(name, folders));
    }

    private static IEnumerable<IOperationContract> Contracts() => typeof(IOperationContract).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType))
        .Select(field => (IOperationContract)field.GetValue(null)!);

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));
}
