using System.Diagnostics;
using System.Globalization;

namespace GuestAgent.Host.Diagnostics;

/// <summary>
/// One call as those see it who trace and measure: a client span by OpenTelemetry's conventions for JSON-RPC, and its duration.
/// Of what the call is about, and of what the guest says, there is nothing in it but the error's number.
/// </summary>
internal sealed class CallObservation
{
    /// <summary>Name of the tag that says what kind of call it is.</summary>
    public const string SystemTag = "rpc.system";

    /// <summary>Its value.</summary>
    public const string System = "jsonrpc";

    /// <summary>Name of the tag with the operation.</summary>
    public const string MethodTag = "rpc.method";

    /// <summary>Name of the tag with the kind of failure.</summary>
    public const string ErrorTag = "error.type";

    private readonly string _method;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly Activity? _span;

    private CallObservation(string method, string peer, TimeProvider clock)
    {
        _method = method;
        _clock = clock;
        _span = HostDiagnostics.Begin(method);
        _span?.SetTag(SystemTag, System)
            .SetTag("rpc.jsonrpc.version", "2.0")
            .SetTag(MethodTag, method)
            .SetTag("server.address", peer);
        _begun = clock.GetTimestamp();
    }

    /// <summary>
    /// Begins to observe a call; null when nobody wants to know. The span is the current activity from then on: call this in an
    /// asynchronous method, whose caller does not see it.
    /// </summary>
    public static CallObservation? Begin(string method, string peer, GuestClientOptions options) =>
        HostDiagnostics.IsSupported && HostDiagnostics.AreCallsObserved
            ? new CallObservation(method, peer, options.TimeProvider)
            : null;

    /// <summary>The call was answered.</summary>
    public void Succeed()
    {
        if (HostDiagnostics.IsSupported)
        {
            End(null);
        }
    }

    /// <summary>The call failed.</summary>
    public void Fail(Exception fault)
    {
        if (HostDiagnostics.IsSupported)
        {
            if (fault is GuestAgentException refused)
            {
                _span?.SetTag("rpc.jsonrpc.error_code", refused.Number);
            }

            End(Kind(fault));
        }
    }

    // Few values, as it tells series of a metric apart.
    private static string Kind(Exception fault) => fault switch
    {
        GuestAgentException { Code: { } code } => code.ToString(),
        GuestAgentException refused => refused.Number.ToString(CultureInfo.InvariantCulture),
        GuestConnectionException lost => lost.Reason.ToString(),
        GuestCallTimeoutException => "timeout",
        OperationCanceledException => "cancelled",
        _ => fault.GetType().FullName!,
    };

    private void End(string? error)
    {
        HostDiagnostics.Count(_clock.GetElapsedTime(_begun), _method, error);
        if (error is not null)
        {
            _span?.SetTag(ErrorTag, error).SetStatus(ActivityStatusCode.Error);
        }

        _span?.Dispose();
    }
}
