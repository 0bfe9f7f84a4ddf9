using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dialects.Workload;
using GuestAgent.Dispatch;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects;

/// <summary>The dialects by the name that a listener's configuration uses.</summary>
internal sealed class DialectTable(Dispatcher dispatcher, ILoggerFactory loggers)
{
    private const string JsonRpc = "jsonrpc";
    private const string Workload = "workload";

    /// <summary>Names of all dialects.</summary>
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(StringComparer.Ordinal) { JsonRpc, Workload };

    /// <summary>The dialect with this name.</summary>
    public IDialect this[string name] => name switch
    {
        JsonRpc => new JsonRpcDialect(dispatcher, loggers.CreateLogger<JsonRpcDialect>()),
        Workload => new WorkloadDialect(dispatcher, loggers.CreateLogger<WorkloadDialect>()),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such dialect"),
    };
}
