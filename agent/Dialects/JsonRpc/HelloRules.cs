using GuestAgent.Contracts.Session;
using GuestAgent.Errors;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>What a <c>hello</c> must be like.</summary>
internal static class HelloRules
{
    private const int MaxSessionLength = 64;

    /// <summary>Accepts a hello.</summary>
    /// <exception cref="OperationException">Its session is unusable, or its protocol is another one.</exception>
    public static void Check(HelloRequest hello)
    {
        if (hello.Session.Length is 0 or > MaxSessionLength)
        {
            throw OperationException.InvalidParameter(
                "session", $"A session is 1 to {MaxSessionLength} characters long.", "length");
        }

        if (hello.ProtocolVersion is { } version && Major(version) != Major(Hello.ProtocolVersion))
        {
            throw new OperationException(
                ErrorCode.NotSupported,
                $"The agent speaks protocol {Hello.ProtocolVersion}.",
                new ErrorDetail("protocol_version", "protocol_version"));
        }
    }

    private static string Major(string version) => version.Split('.')[0];
}
