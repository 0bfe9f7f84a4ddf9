using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

/// <summary>
/// Spans and measurements. No other class listens; what others do at the same time is told apart by its method or its size.
/// </summary>
public sealed class TraceTests : IDisposable
{
    private const string Source = "GuestAgent.Host";
    private const string Method = "a_call_of_this_class_alone";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ActivityListener _spanListener;
    private readonly MeterListener _meterListener = new();

    public TraceTests()
    {
        _spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        _meterListener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Source)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meterListener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meterListener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_a_client_span_below_what_the_host_does_and_measured_in_seconds()
    {
        Listen();
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        using var work = new Activity("work");
        work.Start();
        Task<JsonElement> calling = client.CallAsync(Method, cancellationToken: Token);
        Assert.Same(work, Activity.Current);
        ScriptedCall call = await agent.ReceiveAsync(Method);
        Assert.DoesNotContain("traceparent", call.Line, StringComparison.Ordinal);
        await agent.AnswerAsync(call, "{}");
        await calling.InTime();

        Activity span = Assert.Single(_spans, span => span.OperationName == Method);
        Assert.Equal((ActivityKind.Client, work.SpanId, ActivityStatusCode.Unset), (span.Kind, span.ParentSpanId, span.Status));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["rpc.system"] = "jsonrpc",
                ["rpc.jsonrpc.version"] = "2.0",
                ["rpc.method"] = Method,
                ["server.address"] = "channel",
            },
            span.TagObjects.ToDictionary());
        (string name, double seconds, Dictionary<string, object?> tags) = Measured();
        Assert.Equal("guestagent.host.call.duration", name);
        Assert.InRange(seconds, 0, 3600);
        Assert.DoesNotContain("error.type", tags.Keys);
    }

    [Fact]
    public async Task A_refused_call_has_the_errors_number_and_not_its_words()
    {
        Listen();
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        Task<JsonElement> calling = client.CallAsync(Method, cancellationToken: Token);
        await agent.RefuseAsync(await agent.ReceiveAsync(Method), -32001, "secret words");
        await Assert.ThrowsAsync<GuestAgentException>(() => calling.InTime());

        Activity span = Assert.Single(_spans, span => span.OperationName == Method);
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
        Assert.Equal(-32001, span.GetTagItem("rpc.jsonrpc.error_code"));
        Assert.Equal(nameof(ErrorCode.PermissionDenied), span.GetTagItem("error.type"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(nameof(ErrorCode.PermissionDenied), Measured().Tags["error.type"]);
    }

    [Fact]
    public async Task A_call_that_the_connection_took_along_says_so()
    {
        Listen();
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        Task<JsonElement> calling = client.CallAsync(Method, cancellationToken: Token);
        await agent.ReceiveAsync(Method);
        agent.Close();
        await Assert.ThrowsAsync<GuestConnectionException>(() => calling.InTime());
        Assert.Equal(nameof(ConnectionFailure.Lost), Measured().Tags["error.type"]);
    }

    [Fact]
    public async Task A_streamed_command_is_a_span_until_it_ends()
    {
        Listen();
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        using var work = new Activity("work");
        work.Start();
        await using GuestProcess process = await client.StartAsync(new GuestCommand("true") { DiscardOutput = true }, Token);
        ScriptedCall exec = await agent.ReceiveAsync("exec_command");
        Assert.DoesNotContain(_spans, span => span.ParentSpanId == work.SpanId);
        await agent.AnswerAsync(exec, ScriptedAgent.Exit());
        await process.Completion.InTime();
        Assert.Equal("exec_command", Assert.Single(_spans, span => span.ParentSpanId == work.SpanId).OperationName);
    }

    [Fact]
    public async Task What_the_host_does_goes_with_the_request_where_that_is_asked_for()
    {
        Listen();
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync(new GuestClientOptions { SendTraceContext = true });
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall untraced = await agent.ReceiveAsync("ping");
        await agent.AnswerAsync(untraced, """{"pong":true,"timestamp":1}""");
        await pinging.InTime();

        Task<JsonElement> calling = client.CallAsync(Method, cancellationToken: Token);
        ScriptedCall call = await agent.ReceiveAsync(Method);
        await agent.AnswerAsync(call, "{}");
        await calling.InTime();
        Activity span = Assert.Single(_spans, span => span.OperationName == Method);
        Assert.Equal(span.Id, JsonElement.Parse(call.Line).GetProperty("traceparent").GetString());
    }

    [Fact]
    public async Task Without_anything_to_follow_no_member_is_sent()
    {
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync(new GuestClientOptions { SendTraceContext = true });
        Activity.Current = null;
        Task<JsonElement> calling = client.CallAsync(Method, cancellationToken: Token);
        ScriptedCall call = await agent.ReceiveAsync(Method);
        Assert.Equal(
            ["jsonrpc", "id", "method", "params"],
            JsonElement.Parse(call.Line).EnumerateObject().Select(member => member.Name));
        await agent.AnswerAsync(call, "{}");
        await calling.InTime();
    }

    [Fact]
    public async Task Bytes_of_transfers_and_reconnects_are_counted()
    {
        Listen();
        var guest = new ScriptedGuest();
        (GuestClient client, ScriptedAgent first) = await guest.ConnectAsync(new GuestClientOptions
        {
            Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
        });
        await using GuestClient _ = client;
        first.Close();
        ScriptedAgent agent = await guest.AcceptAsync();
        var upload = new ScriptedUpload();
        using var source = new MemoryStream(new byte[12_347]);
        Task uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        await upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        using var destination = new MemoryStream();
        // On a channel of its own: the script of the upload may have begun to read the next request.
        var other = new ScriptedAgent();
        await using GuestClient second = await other.AttachAsync();
        Task downloading = second.Files.DownloadAsync("/f", destination, cancellationToken: Token);
        await new ScriptedFile(new byte[23_457]).ServeAsync(other, downloading);
        await downloading.InTime();

        // Others count at the same time.
        Assert.Contains(_measured, m => m is { Name: "guestagent.host.transfer.size", Value: 12_347 } && m.Tags["direction"] is "upload");
        double downloaded = _measured
            .Where(m => m.Name == "guestagent.host.transfer.size" && m.Tags["direction"] is "download")
            .Sum(m => m.Value);
        Assert.InRange(downloaded, 23_457, double.MaxValue);
        Assert.Contains(_measured, m => m is { Name: "guestagent.host.reconnects", Value: 1 });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spanListener.Dispose();
        _meterListener.Dispose();
    }

    private (string Name, double Value, Dictionary<string, object?> Tags) Measured() =>
        Assert.Single(_measured, m => m.Tags.GetValueOrDefault("rpc.method") is Method);

    private void Listen()
    {
        ActivitySource.AddActivityListener(_spanListener);
        _meterListener.Start();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> copy = [];
        foreach ((string key, object? tag) in tags)
        {
            copy[key] = tag;
        }

        _measured.Enqueue((instrument.Name, value, copy));
    }
}
