using GuestAgent.Dialects.Http;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dialects.Workload;
using GuestAgent.Settings;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects;

/// <summary>Dialects by the name that a listener's configuration uses; nothing else knows their names.</summary>
/// <param name="entries">A line for each.</param>
internal sealed class DialectTable(params DialectEntry[] entries)
{
    /// <summary>The agent's: a line for each.</summary>
    public static DialectTable Default { get; } = new(
        new("jsonrpc", JsonRpcDialect.Traits, p => new JsonRpcDialect(p.Dispatcher, p.Memory, p.Loggers.CreateLogger<JsonRpcDialect>())),
        new("workload", WorkloadDialect.Traits, p => new WorkloadDialect(p.Dispatcher, p.Memory, p.Loggers.CreateLogger<WorkloadDialect>())),
        new("http", HttpDialect.Traits, p => new HttpDialect(p)));

    /// <summary>What each can do.</summary>
    public IReadOnlyDictionary<string, DialectTraits> Traits { get; } = TraitsOf(entries);

    /// <summary>The dialect with this name, which the configuration was checked for.</summary>
    public DialectEntry this[string name] =>
        Array.Find(entries, entry => entry.Name == name)
        ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such dialect");

    private static Dictionary<string, DialectTraits> TraitsOf(DialectEntry[] entries)
    {
        var traits = new Dictionary<string, DialectTraits>(StringComparer.Ordinal);
        foreach (DialectEntry entry in entries)
        {
            traits.Add(entry.Name, entry.Traits);
        }

        return traits;
    }
}
