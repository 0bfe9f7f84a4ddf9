using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;

namespace GuestAgent.Host.Diagnostics;

/// <summary>What the library tells of itself to those who listen: <see cref="GuestClientOptions.LoggerFactory"/> is apart.</summary>
internal static class HostDiagnostics
{
    /// <summary>Name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "GuestAgent.Host";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    // From what a ping takes on a local socket to the longest command: the defaults of the framework begin at 5 ms.
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "guestagent.host.call.duration",
        "s",
        "Time from a call's beginning to its answer or failure.",
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        });

    private static readonly Counter<long> Reconnects = Meter.CreateCounter<long>(
        "guestagent.host.reconnects", "{reconnect}", "Connections that were lost and made again.");

    private static readonly Counter<long> TransferBytes = Meter.CreateCounter<long>(
        "guestagent.host.transfer.size", "By", "Bytes of files that guests have confirmed or sent.");

    /// <summary>
    /// False in a program that was built without: then nothing of logs, traces and metrics is in it (guestctl.csproj).
    /// </summary>
    [FeatureSwitchDefinition("GuestAgent.Host.Diagnostics")]
    public static bool IsSupported => !AppContext.TryGetSwitch("GuestAgent.Host.Diagnostics", out bool isOn) || isOn;

    /// <summary>True when somebody wants to know of each call.</summary>
    public static bool AreCallsObserved => Durations.Enabled || Source.HasListeners();

    /// <summary>What goes with a request so that the guest's records can be told to belong to what the host does now.</summary>
    /// <returns>The <c>traceparent</c> of the current activity; null for none.</returns>
    public static string? TraceParent(GuestClientOptions options) =>
        IsSupported && options.SendTraceContext && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current
            ? current.Id
            : null;

    /// <summary>Begins the span of a call; null when nobody samples it.</summary>
    public static Activity? Begin(string method) => Source.StartActivity(method, ActivityKind.Client);

    /// <summary>Notes how long a call took.</summary>
    /// <param name="duration">From its beginning.</param>
    /// <param name="method">Its name.</param>
    /// <param name="error">What kind of failure it ended with; null for none.</param>
    public static void Count(TimeSpan duration, string method, string? error)
    {
        var tags = new TagList { { CallObservation.SystemTag, CallObservation.System }, { CallObservation.MethodTag, method } };
        if (error is not null)
        {
            tags.Add(CallObservation.ErrorTag, error);
        }

        Durations.Record(duration.TotalSeconds, tags);
    }

    /// <summary>A connection that was lost stands again.</summary>
    public static void CountReconnect()
    {
        if (IsSupported)
        {
            Reconnects.Add(1);
        }
    }

    /// <summary>Bytes of an upload were confirmed.</summary>
    public static void CountUploaded(int bytes) => CountTransferred(bytes, "upload");

    /// <summary>Bytes of a download have come.</summary>
    public static void CountDownloaded(int bytes) => CountTransferred(bytes, "download");

    private static void CountTransferred(int bytes, string direction)
    {
        if (IsSupported && TransferBytes.Enabled)
        {
            TransferBytes.Add(bytes, new KeyValuePair<string, object?>("direction", direction));
        }
    }
}
