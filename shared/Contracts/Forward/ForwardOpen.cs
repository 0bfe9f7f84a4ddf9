using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Forward;

/// <summary>
/// Connects to a TCP port or a Unix socket of the guest and carries its bytes. The call lasts as long as the connection: what comes
/// from there is <c>forward_data</c>, what goes there <c>forward_write</c>, and the result is how much it was.
/// </summary>
public static class ForwardOpen
{
    /// <summary>The operation <c>forward_open</c>.</summary>
    public static readonly OperationContract<ForwardOpenRequest, ForwardResult> Contract =
        new("forward_open", Access.Execute, () => ForwardOpenJson.Default.ForwardOpenRequest, () => ForwardOpenJson.Default.ForwardResult)
        {
            Deadline = null,
            IsLimitedElsewhere = true,
        };

    /// <summary>A connection stands, or a listener listens: before anything else that is told of it.</summary>
    public static readonly EventContract<ForwardReady> Ready = new("forward_ready", () => ForwardOpenJson.Default.ForwardReady);

    /// <summary>Bytes of a connection, as they come.</summary>
    public static readonly EventContract<ForwardData> Data = new("forward_data", () => ForwardOpenJson.Default.ForwardData);
}

/// <summary>Parameters of <c>forward_open</c>.</summary>
/// <param name="Address">
/// Where to connect to: <c>HOST:PORT</c>, or the absolute path of a Unix stream socket. HOST is <c>localhost</c> or an address, one of
/// IPv6 in brackets; the guest resolves no other name.
/// </param>
/// <param name="WindowBytes">
/// Bytes from there that may be under way before the host grants more with <c>forward_credit</c>, 4096 to 16777216.
/// </param>
/// <param name="TimeoutSeconds">Longest time until the connection stands, above 0 and at most 300.</param>
public sealed record ForwardOpenRequest(string Address, int WindowBytes = 262144, double TimeoutSeconds = 10);

/// <summary>Content of the notification <c>forward_ready</c>.</summary>
/// <param name="Id">The id of the request that it is about.</param>
/// <param name="Address">Where the connection leads to, or where is listened, with the port that the kernel has chosen.</param>
public sealed record ForwardReady(CallId Id, string Address);

/// <summary>Content of the notification <c>forward_data</c>: a piece of what came over a forwarded connection.</summary>
/// <param name="Id">The id of the <c>forward_open</c> or <c>forward_accept</c> request.</param>
/// <param name="Offset">Position of the first byte, counted from 0.</param>
/// <param name="Data">The bytes, none with the end; base64 on the wire.</param>
/// <param name="Eof">True when the other end sends no more; it may still read.</param>
public sealed record ForwardData(CallId Id, long Offset, ReadOnlyMemory<byte> Data, bool Eof = false);

/// <summary>Result of <c>forward_open</c> and <c>forward_accept</c>: both directions have ended.</summary>
/// <param name="ReceivedBytes">Bytes that came from there.</param>
/// <param name="SentBytes">Bytes that went there.</param>
public sealed record ForwardResult(long ReceivedBytes, long SentBytes);

/// <summary>JSON shapes of <c>forward_open</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ForwardOpenRequest))]
[JsonSerializable(typeof(ForwardResult))]
[JsonSerializable(typeof(ForwardReady))]
[JsonSerializable(typeof(ForwardData))]
public sealed partial class ForwardOpenJson : JsonSerializerContext;
