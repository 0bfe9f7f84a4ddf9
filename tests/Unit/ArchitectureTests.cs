using System.Reflection;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;
using Xunit;

namespace GuestAgent.Tests.Unit;

/// <summary>Rules of the design that no compiler checks.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Agent = typeof(OperationCatalog).Assembly;

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
    public void What_does_more_than_read_is_recorded_before_it_starts()
    {
        string[] afterwards = [.. Contracts().Where(contract => !contract.IsAuditedFirst).Select(contract => contract.Name)];

        // These only look or read, or go on with a call that was recorded so.
        Assert.Equal(
            [
                "events_subscribe", "events_unsubscribe", "exec_credit", "exec_signal", "exec_stdin", "file_hash", "file_list",
                "file_read", "file_stat", "file_upload_list", "file_upload_status", "file_upload_write", "forward_accept", "forward_credit",
                "forward_write", "get_agent_info", "get_disk_usage", "get_network_info", "get_system_info", "ping", "policy_check",
                "process_list", "rpc.discover", "telemetry_subscribe", "telemetry_unsubscribe", "time_get",
            ],
            afterwards.Order(StringComparer.Ordinal));
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
    public void Only_dialects_know_where_a_message_has_its_parameters() => Assert.DoesNotContain(
        Sources("agent"),
        file => !file.Contains("/Dialects/", StringComparison.Ordinal)
            && File.ReadAllText(file).Contains("\"params.", StringComparison.Ordinal));

    private static IEnumerable<IOperationContract> Contracts() => typeof(IOperationContract).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => typeof(IOperationContract).IsAssignableFrom(field.FieldType))
        .Select(field => (IOperationContract)field.GetValue(null)!);

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));
}
