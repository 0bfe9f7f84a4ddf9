using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using StreamJsonRpc;
using Xunit;

namespace GuestAgent.Tests.Integration.JsonRpcClients;

/// <summary>StreamJsonRpc, which knows nothing of this agent, with lines as its framing.</summary>
public sealed class StreamJsonRpcTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_calls_by_name_and_gets_results_and_errors(bool announce)
    {
        await using RunningAgent agent = await StartAsync(announce);
        using JsonRpc rpc = await AttachAsync(agent);
        JsonElement pong = await rpc.InvokeWithCancellationAsync<JsonElement>("ping", [], Token);
        Assert.True(pong.GetProperty("pong").GetBoolean());
        JsonElement exit = await rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "exec_command", new { command = "/bin/echo", args = new[] { "grüße" } }, Token);
        Assert.Equal("grüße\n", Stdout(exit));
        await Assert.ThrowsAsync<RemoteMethodNotFoundException>(
            () => rpc.InvokeWithParameterObjectAsync("no_such_method", new { }, Token));
        RemoteInvocationException refused = await Assert.ThrowsAsync<RemoteInvocationException>(
            () => rpc.InvokeWithParameterObjectAsync("file_read", new { path = "/etc/passwd" }, Token));
        Assert.Equal(-32001, refused.ErrorCode);
    }

    [Fact]
    public async Task Many_calls_are_in_flight_at_once_and_output_comes_as_notifications()
    {
        await using RunningAgent agent = await StartAsync(announce: true);
        var output = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using JsonRpc rpc = await AttachAsync(agent, rpc => rpc.AddLocalRpcMethod(
            "exec_output",
            new Action<JsonElement, string, long, byte[]>((id, stream, offset, data) => output.TrySetResult($"{stream}@{offset}:{data.Length}"))));
        Task<JsonElement>[] calls = [.. Enumerable.Range(0, 20).Select(number => rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "exec_command", new { command = "/bin/echo", args = new[] { $"{number}" } }, Token))];
        for (int i = 0; i < calls.Length; i++)
        {
            Assert.Equal($"{i}\n", Stdout(await calls[i].WithinAsync(TestTimeouts.Answer, "an answer")));
        }

        await rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "exec_command", new { command = "/bin/echo", args = new[] { "abc" }, stream = true }, Token);
        Assert.Equal("stdout@0:4", await output.Task.WithinAsync(TestTimeouts.Answer, "the output"));
    }

    [Fact]
    public async Task Its_trace_context_goes_through_and_into_the_audit()
    {
        await using RunningAgent agent = await StartAsync(announce: false);
        using JsonRpc rpc = await AttachAsync(agent, static rpc => rpc.ActivityTracingStrategy = new ActivityTracingStrategy());
        using Activity activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        JsonElement exit = await rpc.InvokeWithParameterObjectAsync<JsonElement>("exec_command", new { command = "/bin/true" }, Token);
        Assert.Equal(0, exit.GetProperty("exit_code").GetInt32());
        await Bounded.UntilAsync(
            () => agent.Log.Lines.Any(line => line.Contains(activity.TraceId.ToString(), StringComparison.Ordinal)),
            () => $"the trace in the audit:\n{agent.Log}");
    }

    private static string? Stdout(JsonElement exit) => exit.GetProperty("stdout").GetString();

    private static Task<RunningAgent> StartAsync(bool announce) => RunningAgent.StartAsync(new AgentConfig
    {
        Policy = new JsonObject { ["commands"] = "any" },
        Listener = new JsonObject { ["announce"] = announce },
    });

    private static async Task<JsonRpc> AttachAsync(RunningAgent agent, Action<JsonRpc>? prepare = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.SocketPath), Token);
        var stream = new NetworkStream(socket, ownsSocket: true);
        var formatter = new SystemTextJsonFormatter();
        var handler = new NewLineDelimitedMessageHandler(stream, stream, formatter)
        {
            NewLine = NewLineDelimitedMessageHandler.NewLineStyle.Lf,
        };
        var rpc = new JsonRpc(handler);
        prepare?.Invoke(rpc);
        rpc.StartListening();
        return rpc;
    }
}
