using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations.Agent;

/// <summary>Tells the methods that the caller's listener serves, as the document in the program describes them.</summary>
internal sealed class RpcDiscoverOperation(AgentIdentity identity) : IOperation<RpcDiscoverRequest, Unrestricted, OpenRpcDocument>
{
    private const string Resource = "openrpc.json";

    /// <inheritdoc/>
    public ValueTask<OpenRpcDocument> ExecuteAsync(
        RpcDiscoverRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> served = identity.Describe(context.Caller.Operations, context.Caller.AcceptsBody).Capabilities;
        JsonElement all = JsonDocument.Parse(Read()).RootElement;
        return new(new OpenRpcDocument(
            all.GetProperty("openrpc").GetString()!,
            all.GetProperty("info"),
            Elements(all, "methods").FindAll(method => served.Contains(method.GetProperty("name").GetString())),
            Elements(all, "x-notifications"),
            all.GetProperty("components")));
    }

    // Anew each time: hosts ask once as a rule, and what is kept would be kept for ever.
    private static byte[] Read()
    {
        using Stream resource = typeof(RpcDiscoverOperation).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the program was built without {Resource}");
        byte[] text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }

    private static List<JsonElement> Elements(JsonElement all, string name)
    {
        var elements = new List<JsonElement>();
        foreach (JsonElement element in all.GetProperty(name).EnumerateArray())
        {
            elements.Add(element);
        }

        return elements;
    }
}
