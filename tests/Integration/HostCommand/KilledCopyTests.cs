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

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

    private static int Opened(RunningAgent agent) =>
        agent.Log.Lines.Count(line => line.Contains("op=file_upload_open ", StringComparison.Ordinal)
            && line.Contains(" outcome=ok ", StringComparison.Ordinal)
            && line.Contains("/k", StringComparison.Ordinal));
}
