using System.Text;

namespace GuestAgent.Wire.JsonRpc;

/// <summary>
/// What a host says of a request for those who follow it through several systems, as members beside the request's own:
/// <c>traceparent</c> and <c>tracestate</c> (https://www.w3.org/TR/trace-context/) and <c>_meta</c>. Nothing is done with them but to
/// name them in the audit record.
/// </summary>
internal static class JsonRpcTrace
{
    // What tracestate is to be passed on up to.
    private const int LongestBytes = 512;

    /// <summary>Adds a member to what is known already.</summary>
    /// <param name="trace">That; null for nothing.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="json">Its value; what is longer than anybody needs is told by its length.</param>
    public static string With(string? trace, string name, ReadOnlySpan<byte> json)
    {
        string value = json.Length <= LongestBytes ? Encoding.UTF8.GetString(json) : $"{json.Length} bytes";
        return $"{trace}{(trace is null ? "" : " ")}{name}={value}";
    }
}
