using GuestAgent.Contracts;

namespace GuestAgent.Wire.JsonRpc;

/// <summary>
/// One JSON-RPC 2.0 object, its parts still JSON. The parts are slices of the line that it was read from and live as
/// long as that line's buffer. An absent part is empty.
/// </summary>
public readonly record struct JsonRpcMessage
{
    /// <summary>The id as sent; null when the message has none (a notification).</summary>
    public CallId? Id { get; init; }

    /// <summary>Method name of a request or notification; null in a reply.</summary>
    public string? Method { get; init; }

    /// <summary>The parameters object; empty when absent or null.</summary>
    public ReadOnlyMemory<byte> Params { get; init; }

    /// <summary>How many values the parameters are made of, names of members included.</summary>
    public int ParamsValues { get; init; }

    /// <summary>The result of a reply.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>The error object of a reply.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }

    /// <summary>How many bytes of content follow the line of a reply, from 1; 0 for none.</summary>
    public int AttachedBytes { get; init; }

    /// <summary>What the host says of the request for those who follow it, <c>name=JSON</c> each; null for nothing.</summary>
    public string? Trace { get; init; }

    /// <summary>True when the message is the answer to a request.</summary>
    public bool IsReply => Method is null;
}
