using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Forward;

/// <summary>
/// Listens in the guest for the host. The call lasts until it is cancelled, and its connections with it: each that comes is
/// <c>forward_incoming</c>, and the host takes it by <c>forward_accept</c>.
/// </summary>
public static class ForwardListen
{
    /// <summary>The operation <c>forward_listen</c>.</summary>
    public static readonly OperationContract<ForwardListenRequest, ForwardListenResult> Contract =
        new("forward_listen", Access.Execute, () => ForwardListenJson.Default.ForwardListenRequest,
            () => ForwardListenJson.Default.ForwardListenResult)
        {
            Deadline = null,
            IsLimitedElsewhere = true,
        };

    /// <summary>Somebody has connected.</summary>
    public static readonly EventContract<ForwardIncoming> Incoming =
        new("forward_incoming", () => ForwardListenJson.Default.ForwardIncoming);
}

/// <summary>Parameters of <c>forward_listen</c>.</summary>
/// <param name="Address">
/// Where to listen: <c>HOST:PORT</c>, as for <c>forward_open</c>, with port 0 for one that the kernel chooses; or the absolute path of
/// a Unix socket, which must not be there yet and is removed with the listener.
/// </param>
public sealed record ForwardListenRequest(string Address);

/// <summary>Content of the notification <c>forward_incoming</c>.</summary>
/// <param name="Id">The id of the <c>forward_listen</c> request.</param>
/// <param name="Connection">Number of the connection, for <c>forward_accept</c>.</param>
public sealed record ForwardIncoming(CallId Id, long Connection);

/// <summary>Result of <c>forward_listen</c>, which ends before it is cancelled only where the guest cannot listen any more.</summary>
/// <param name="Connections">Connections that came.</param>
public sealed record ForwardListenResult(long Connections);

/// <summary>JSON shapes of <c>forward_listen</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ForwardListenRequest))]
[JsonSerializable(typeof(ForwardListenResult))]
[JsonSerializable(typeof(ForwardIncoming))]
public sealed partial class ForwardListenJson : JsonSerializerContext;
