using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>What copies leave behind that are killed.</summary>
public sealed class KilledCopyTests : IDisposable
{
    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_keep_no_place_from_the_next(bool unnamed)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithFiles(_guest.Path, new JsonObject { ["max_uploads"] = 2 }), unnamedFiles: unnamed);
        for (int i = 0; i < 3; i++)
        {
            using Guestctl copy = Guestctl.Start(agent.SocketPath, "cp", "-", $":{_guest[$"k{i}"]}");
            int begun = i + 1;
            await Bounded.UntilAsync(() => Opened(agent) == begun, () => $"upload {begun} to begin:\n{agent.Log}");
            copy.Signal(Signals.Kill);
            await copy.EndAsync();
        }

        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, "echo x > f; for i in 1 2 3; do $G cp f :$D/f$i || exit; done");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_copy_that_goes_on_keeps_its_place()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithFiles(_guest.Path, new JsonObject { ["max_uploads"] = 1 }));
        using Guestctl copy = Guestctl.Start(agent.SocketPath, "cp", "-", $":{_guest["k"]}");
        await Bounded.UntilAsync(() => Opened(agent) == 1, () => $"the upload to begin:\n{agent.Log}");
        ProgramRun other = await Guestctl.RunAsync(agent.SocketPath, "cp", "-", $":{_guest["x"]}");
        Assert.Equal(75, other.ExitCode);
        await copy.WriteAsync("all of it"u8.ToArray());
        copy.CloseInput();
        Assert.Equal(0, (await copy.EndAsync()).ExitCode);
        Assert.Equal("all of it", await File.ReadAllTextAsync(_guest["k"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_they_have_left_in_the_guest_is_gone_on_with()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        byte[] content = MakeContent();
        await File.WriteAllBytesAsync(_host["big"], content, TestContext.Current.CancellationToken);
        await LeaveUploadAsync(agent, "big", content.Length, content[..100_000]);
        Assert.Equal((100_000, content.Length), await OnlyUploadAsync(agent));

        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, "chmod 0750 big; umask 077; $G cp -p --resume --json big :$D/; $G --json uploads");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n');
        JsonNode report = JsonNode.Parse(lines[0])!;
        Assert.Equal((content.Length, 100_000), (report["bytes"]!.GetValue<int>(), report["resumed_bytes"]!.GetValue<int>()));
        Assert.Equal("""{"uploads":[]}""", lines[1]);
        Assert.Equal(content, await File.ReadAllBytesAsync(_guest["big"], TestContext.Current.CancellationToken));
        Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode(_guest["big"]));
    }

    [Fact]
    public async Task What_they_have_left_of_another_content_is_not()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        byte[] content = MakeContent();
        await File.WriteAllBytesAsync(_host["big"], content, TestContext.Current.CancellationToken);
        await LeaveUploadAsync(agent, "big", content.Length, new byte[100_000]);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, "$G cp --resume --json big :$D/big");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(0, JsonNode.Parse(run.Output)!["resumed_bytes"]!.GetValue<int>());
        Assert.Equal(content, await File.ReadAllBytesAsync(_guest["big"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--drop --all")]
    [InlineData("--drop $($G uploads | grep $D/one | cut -c 1-20)")]
    public async Task What_they_have_left_in_the_guest_can_be_dropped(string words)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        await LeaveUploadAsync(agent, "one", 200_000, new byte[100]);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"$G --json uploads {words}; $G uploads; $G uploads --drop 00");
        Assert.StartsWith("""{"dropped":1}""" + "\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("one", run.Output, StringComparison.Ordinal);
        Assert.Equal((66, "guestctl: there is no upload 00 that could be dropped"), (run.ExitCode, Assert.Single(run.ErrorLines)));
    }

    [Fact]
    public async Task What_another_is_at_work_on_is_not_dropped_and_has_no_id()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        using RawClient other = await agent.ConnectAsync();
        await other.CallAsync(1, "file_upload_open", new JsonObject { ["path"] = _guest["mine"] });
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, "$G --json uploads --drop --all; $G uploads | tail -n 1");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches($$"""^\{"dropped":0\}\nin use +0 +- +\d+ s +{{_guest["mine"]}}\n$""", run.Output);
    }

    [Theory]
    [InlineData("--all")]
    [InlineData("--drop")]
    [InlineData("--drop 12 --all")]
    public async Task To_drop_says_what(string words)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"$G uploads {words}");
        Assert.Equal(64, run.ExitCode);
    }

    [Fact]
    public async Task What_they_have_left_on_the_host_is_gone_on_with_when_asked_and_else_removed()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        byte[] content = MakeContent();
        await File.WriteAllBytesAsync(_guest["big"], content, TestContext.Current.CancellationToken);
        // What is left is what a limit for the size of files, which ends the copy, lets through.
        const string Kill = "bash -c 'ulimit -f 200; $G cp --resume :$D/big big; :' 2> /dev/null; ls -A | sed 's/-.*/-/'; ";
        ProgramRun run = await Shell.RunAsync(
            agent, _guest, _host, Kill + "$G --json cp --resume :$D/big big; cmp big $D/big && ls -A; rm big; " + Kill + "$G --json cp :$D/big big; ls -A");
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal((".guestctl-", "big", ".guestctl-", "big"), (lines[0], lines[2], lines[3], lines[5]));
        Assert.InRange(JsonNode.Parse(lines[1])!["resumed_bytes"]!.GetValue<int>(), 1, 200 * 1024);
        Assert.Equal(0, JsonNode.Parse(lines[4])!["resumed_bytes"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_they_have_left_on_the_host_of_another_content_is_not_gone_on_with()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_guest.Path));
        await File.WriteAllBytesAsync(_guest["big"], MakeContent(), TestContext.Current.CancellationToken);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, """
            bash -c 'ulimit -f 200; $G cp --resume :$D/big big; :' 2> /dev/null
            printf x | dd of=$(echo .guestctl-*) bs=1 conv=notrunc status=none
            $G --json cp --resume :$D/big big; cmp big $D/big; ls -A
            """);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(0, JsonNode.Parse(lines[0])!["resumed_bytes"]!.GetValue<int>());
        Assert.Equal("big", lines[1]);
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        return content;
    }

    // As a client that is killed: nothing is said, and the connection is gone.
    private async Task LeaveUploadAsync(RunningAgent agent, string name, long size, byte[] begin)
    {
        using (RawClient client = await agent.ConnectAsync())
        {
            JsonObject open = await client.CallAsync(1, "file_upload_open", new JsonObject { ["path"] = _guest[name], ["size_bytes"] = size });
            await client.CallAsync(2, "file_upload_write", new JsonObject
            {
                ["token"] = open.Result().Text("token"),
                ["offset"] = 0,
                ["data"] = Convert.ToBase64String(begin),
            });
        }

        using RawClient next = await agent.ConnectAsync();
        int id = 0;
        JsonObject uploads;
        do
        {
            uploads = (await next.CallAsync(++id, "file_upload_list")).Result();
        }
        while (uploads["uploads"]![0]!["in_use"]!.GetValue<bool>());
    }

    private static async Task<(long Offset, long Size)> OnlyUploadAsync(RunningAgent agent)
    {
        using RawClient client = await agent.ConnectAsync();
        JsonObject upload = Assert.Single((await client.CallAsync(1, "file_upload_list")).Result()["uploads"]!.AsArray())!.AsObject();
        return (upload.Number("offset"), upload.Number("size_bytes"));
    }

    private static int Opened(RunningAgent agent) =>
        agent.Log.Lines.Count(line => line.Contains("op=file_upload_open ", StringComparison.Ordinal)
            && line.Contains(" outcome=ok ", StringComparison.Ordinal)
            && line.Contains("/k", StringComparison.Ordinal));
}
