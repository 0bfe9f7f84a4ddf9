using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class LogTests : IDisposable
{
    private const string Pong = """{"pong":true,"timestamp":1}""";

    private readonly RecordedLog _log = new();
    private readonly ScriptedGuest _guest = new();
    private readonly GuestClientOptions _options;

    public LogTests() => _options = new GuestClientOptions
    {
        LoggerFactory = _log,
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loss_is_told_with_its_reason_and_so_are_each_attempt_the_new_connection_and_what_is_repeated()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(_options);
        Task<PingResult> pinging = client.PingAsync(Token);
        await first.ReceiveAsync("ping");
        _guest.Refuse(1);
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        await second.AnswerAsync(await second.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
        await client.DisposeAsync();

        Assert.Equal("GuestAgent.Host.GuestClient", _log.Category);
        Assert.Equal(
            ["Connected", "Lost", "Reconnecting", "AttemptFailed", "Reconnecting", "Reconnected", "Closed"],
            _log.Events.Where(name => name != "Repeats"));
        Assert.Equal("ping is sent to custom again: its answer was lost.", _log.TextOf("Repeats"));
        Assert.Contains("(Lost): The other end closed the channel", _log.TextOf("Lost"), StringComparison.Ordinal);
        Assert.Contains("(Refused): Nobody listens.", _log.TextOf("AttemptFailed"), StringComparison.Ordinal);
        Assert.Equal("Reconnected to custom at attempt 2: the same agent goes on.", _log.TextOf("Reconnected"));
        Assert.Equal("The client of custom is closed (Disposed).", _log.TextOf("Closed"));
    }

    [Fact]
    public async Task Another_agent_behind_the_same_channel_is_told()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(_options);
        await using GuestClient _ = client;
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync(ScriptedAgent.Describe("instance-2"));
        Task<PingResult> pinging = client.PingAsync(Token);
        await second.AnswerAsync(await second.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
        Assert.EndsWith("the agent is a new one.", _log.TextOf("Reconnected"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_goes_on_says_where_and_never_of_what()
    {
        var upload = new ScriptedUpload();
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(_options);
        await using GuestClient _ = client;
        using var source = new MemoryStream("secret"u8.ToArray());
        Task uploading = client.Files.UploadAsync(source, "/hidden/file", cancellationToken: Token);
        await upload.ServeAsync(first, uploading, call => call.Method == "file_upload_write");
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        await upload.ServeAsync(second, uploading);
        await uploading.InTime();
        Assert.Equal("An upload to custom goes on at 0.", _log.TextOf("Resumes"));
        Assert.DoesNotContain(_log.Records, record => record.Text.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_guest_says_commands_no_terminal_and_begins_no_line()
    {
        var agent = new ScriptedAgent();
        AgentDescription hostile = ScriptedAgent.Describe("one\nfatal: two") with { Version = "\e[2J1.0" };
        await using GuestClient client = await agent.AttachAsync(new GuestClientOptions { LoggerFactory = _log }, hostile);
        Assert.Equal(
            """Connected to channel: agent \033[2J1.0, instance one\nfatal: two.""", _log.TextOf("Connected"));
    }

    [Fact]
    public async Task Parameters_variables_and_output_of_a_command_are_not_in_the_log()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(_options);
        GuestCommand command = new("/bin/secret-program", "secret-argument")
        {
            Environment = new Dictionary<string, string> { ["TOKEN"] = "secret-value" },
        };
        Task<CommandResult> running = client.ExecuteAsync(command, Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("exec_command"), ScriptedAgent.Exit(stdout: "secret-output"));
        await running.InTime();
        await client.DisposeAsync();
        Assert.Equal(["Connected", "Closed"], _log.Events);
        Assert.DoesNotContain(_log.Records, record => record.Text.Contains("secret", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}
