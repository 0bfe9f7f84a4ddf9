using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>What becomes of programs and their output, whatever they do.</summary>
public sealed class ProgramTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task A_time_limit_ends_the_whole_tree_and_what_was_written_comes_back()
    {
        string mark = MarkedProcesses.NewMark();
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(WorkloadAgent.Marked(mark, "sleep 1000 & echo started; wait", seconds: 1));
        Assert.Equal("started", (await host.ReadAsync())!["line"]!.GetValue<string>());
        Assert.NotEmpty(MarkedProcesses.Alive(mark));
        JsonObject response = (await host.FinishAsync()).Response;

        Assert.Equal("started\n", response["output"]!.GetValue<string>());
        Assert.Equal("The program exceeded its time limit, the request's timeout_seconds: 1 s.", response["error"]!.GetValue<string>());
        Assert.Empty(MarkedProcesses.Alive(mark));
    }

    [Fact]
    public async Task What_a_program_has_started_does_not_outlive_it()
    {
        string mark = MarkedProcesses.NewMark();
        (_, JsonObject response) = await OriginalHost.RunAsync(
            _agent.SocketPath, WorkloadAgent.Marked(mark, "sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &)"));

        Assert.Equal(0, response["exit_code"]!.GetValue<int>());
        Assert.Empty(MarkedProcesses.Alive(mark));
    }

    [Fact]
    public async Task Both_outputs_come_in_the_order_of_arrival()
    {
        string gate = _agent.Directory["gate"];
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(WorkloadAgent.Script(
            $"echo 1; until [ -e {gate}1 ]; do sleep 0.05; done; echo 2 >&2; until [ -e {gate}2 ]; do sleep 0.05; done; echo 3"));
        Assert.Equal("1", (await host.ReadAsync())!["line"]!.GetValue<string>());
        await File.WriteAllTextAsync(gate + "1", "", TestContext.Current.CancellationToken);
        Assert.Equal("2", (await host.ReadAsync())!["line"]!.GetValue<string>());
        await File.WriteAllTextAsync(gate + "2", "", TestContext.Current.CancellationToken);

        Assert.Equal("1\n2\n3\n", (await host.FinishAsync()).Response["output"]!.GetValue<string>());
    }

    [Fact]
    public async Task Long_lines_come_whole_up_to_a_mebibyte_and_longer_ones_in_pieces()
    {
        (List<string> lines, _) = await RunAsync(
            "head -c 200000 /dev/zero | tr '\\0' a; echo; head -c 1048576 /dev/zero | tr '\\0' b; echo; head -c 2500000 /dev/zero | tr '\\0' c");

        Assert.Equal([200000, 1048576, 1048576, 1048576, 402848], lines.Select(line => line.Length));
        Assert.Equal("abccc", string.Concat(lines.Select(line => line[0])));
    }

    [Fact]
    public async Task Output_beyond_the_limit_is_cut_and_says_so()
    {
        (_, JsonObject response) = await RunAsync("head -c 3000000 /dev/zero");

        string output = response["output"]!.GetValue<string>();
        Assert.Equal(new string('\0', 1048576), output[..1048576]);
        Assert.Equal("\n[output truncated: the program wrote 3000000 bytes]\n", output[1048576..]);
        Assert.Equal(0, response["exit_code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Lines_that_are_no_text_and_lines_without_an_end_come_through()
    {
        (List<string> lines, _) = await RunAsync("printf 'a\\r\\n\\377b\\n\\n\\tq\"\\\\\\n'; printf end");

        Assert.Equal(["a", "\uFFFDb", "", "\tq\"\\", "end"], lines);
    }

    [Fact]
    public async Task A_signal_that_ends_a_program_is_no_exit_code()
    {
        Assert.Equal(-1, (await RunAsync("kill -9 $$")).Response["exit_code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Whatever_a_program_leaves_in_its_directory_is_removed_and_what_it_points_to_is_not()
    {
        string precious = _agent.Directory["precious"];
        Directory.CreateDirectory(precious);
        await File.WriteAllTextAsync(precious + "/file", "kept", TestContext.Current.CancellationToken);
        (List<string> lines, JsonObject response) = await RunAsync(
            $"""
            ln -s {precious} link; ln -s {precious} d; mkdir -p a; ln -s {precious} a/link
            i=0; while [ $i -lt 300 ]; do mkdir d$i; cd d$i; ln -s {precious} link; i=$((i+1)); done; cd "$OLDPWD"
            printf x > "$(printf 'name\377')"; mkfifo pipe; mkdir closed; touch closed/file; chmod 0 closed
            i=0; while [ $i -lt 2000 ]; do : > file-with-a-long-name-so-that-the-listing-takes-several-looks-$i; i=$((i+1)); done
            echo done
            """);

        Assert.Equal(["done"], lines);
        Assert.Equal(0, response["exit_code"]!.GetValue<int>());
        Assert.Empty(WorkloadAgent.Directories(_agent));
        Assert.Equal("kept", await File.ReadAllTextAsync(precious + "/file", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"runtime\":7}")]
    [InlineData("{\"runtime\":\"sh\",\"code\":\"\\ud800\"}")]
    [InlineData("{\"runtime\":\"sh\",\"input\":\"***\"}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_request_that_is_none_gets_a_result_that_says_so(string payload)
    {
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(Encoding.UTF8.GetBytes(payload));

        JsonObject response = (await host.FinishAsync()).Response;
        Assert.Equal(-1, response["exit_code"]!.GetValue<int>());
        Assert.NotEmpty(response["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_request_that_is_too_long_gets_a_result_that_names_both_numbers()
    {
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendRawAsync([1, 0, 0, 1]);

        Assert.Equal(
            "the request has 16777217 bytes; the limit is 16777216",
            (await host.FinishAsync()).Response["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_request_that_is_too_long_and_is_sent_whole_gets_its_result_too()
    {
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(new byte[(16 << 20) + 1]);

        Assert.Equal(
            "the request has 16777217 bytes; the limit is 16777216",
            (await host.FinishAsync()).Response["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(16384)]
    public async Task Short_messages_have_room_for_what_is_kept_of_the_output(int maxMessageBytes)
    {
        int kept = (maxMessageBytes - 2048) / 12;
        TemporaryDirectory place;
        await using (RunningAgent agent = await WorkloadAgent.StartAsync(
            new JsonObject { ["max_message_bytes"] = maxMessageBytes, ["max_output_bytes"] = kept }))
        {
            place = agent.Directory;
            (_, JsonObject response) = await OriginalHost.RunAsync(agent.SocketPath, WorkloadAgent.Script("head -c 100000 /dev/zero"));

            Assert.Equal(
                new string('\0', kept) + "\n[output truncated: the program wrote 100000 bytes]\n",
                response["output"]!.GetValue<string>());
            Assert.InRange(Encoding.UTF8.GetByteCount(response.ToJsonString()), 0, maxMessageBytes);
        }

        place.Dispose();
    }

    [Fact]
    public async Task A_host_that_has_finished_sending_still_gets_its_result_and_one_cut_off_gets_none()
    {
        using RawClient whole = await _agent.ConnectAsync();
        byte[] payload = Encoding.UTF8.GetBytes(WorkloadAgent.Script("sleep 0.5; echo x").ToJsonString());
        await whole.SendBytesAsync((byte[])[0, 0, 0, (byte)payload.Length, .. payload]);
        whole.EndSending();
        using RawClient half = await _agent.ConnectAsync();
        await half.SendBytesAsync((byte[])[0, 0, 0, 9, (byte)'{']);
        half.EndSending();

        Assert.Null(await half.ReadLineAsync());
        await Assert.ThrowsAsync<EndOfStreamException>(() => whole.ReadLineAsync());
    }

    [Fact]
    public async Task A_host_that_knows_more_is_told_more_and_may_cancel()
    {
        JsonObject request = WorkloadAgent.Script("echo out; echo err >&2; exec sleep 1000");
        request["features"] = new JsonArray("streams", "details", "unheard-of");
        using OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(request);
        List<string> lines = [(await host.ReadAsync())!.ToJsonString(), (await host.ReadAsync())!.ToJsonString()];
        await host.SendAsync(new JsonObject { ["type"] = "cancel" });
        JsonObject response = (await host.ReadAsync())!["response"]!.AsObject();

        Assert.Equal(
            [
                """{"type":"log","line":"err","stream":"stderr","offset":0}""",
                """{"type":"log","line":"out","stream":"stdout","offset":0}""",
            ],
            lines.Order());
        Assert.Equal("cancelled", response["error_code"]!.GetValue<string>());
        Assert.False(response["timed_out"]!.GetValue<bool>());
        Assert.Equal(8, response["output_bytes"]!.GetValue<long>());
        Assert.Null(await host.ReadAsync());
    }

    private Task<(List<string> Lines, JsonObject Response)> RunAsync(string script, double seconds = 30) =>
        OriginalHost.RunAsync(_agent.SocketPath, WorkloadAgent.Script(script, seconds));
}
