using GuestAgent.Host;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Real vsock between a host and a guest's kernel, through a Unix socket as with Firecracker, and in the guest.</summary>
[Collection(SharedVsockMachine.Name)]
public sealed class VsockTests(VsockMachine guest)
{
    private const string Ctl = "/mnt/inject/guestctl";
    private const string TestHost = "/mnt/inject/test-host";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly GuestClientOptions Once = new() { DialRetry = DialRetry.None };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_runs_commands_and_64_connections_at_once_are_served()
    {
        GuestClient[] clients = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => guest.ConnectAsync())).WaitAsync(Limit, Token);
        CommandResult[] results = await Task.WhenAll(
            clients.Select((client, i) => client.ExecuteAsync(new GuestCommand("echo", $"{i}"), Token))).WaitAsync(Limit, Token);

        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"{i}\n"), results.Select(result => result.OutputText));
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_told_as_such()
    {
        GuestConnectionException failure = await Assert.ThrowsAsync<GuestConnectionException>(
            () => GuestClient.ConnectAsync(guest.Endpoint(1999), Once, Token));

        Assert.Equal(ConnectionFailure.NotListening, failure.Reason);
    }

    [Fact]
    public async Task A_program_runs_with_its_lines_as_they_come_and_ends_with_its_host()
    {
        await using (WorkloadClient client = await WorkloadClient.DialAsync(guest.Endpoint(VsockMachine.WorkloadPort), null, Token))
        {
            List<string> lines = [];
            WorkloadResult result = await client
                .RunAsync(new WorkloadRequest("sh") { Code = "seq 1 1000; exit 5" }, log => lines.Add(log.Line), Token)
                .WaitAsync(Limit, Token);
            Assert.Equal(5, result.ExitCode);
            Assert.Equal(Enumerable.Range(1, 1000).Select(i => $"{i}"), lines);
        }

        await using (WorkloadClient client = await WorkloadClient.DialAsync(guest.Endpoint(VsockMachine.WorkloadPort), null, Token))
        {
            await client.SendAsync(new WorkloadRequest("sh") { Code = "echo begun; exec sleep 4321" }, Token);
            await foreach (WorkloadLog log in client.StreamLogsAsync(Token))
            {
                break;
            }
        }

        await guest.UntilAsync("! pgrep -f '^sleep 4321'", "the end of the program");
    }

    [Fact]
    public async Task A_guest_that_is_stopped_for_a_moment_keeps_its_connections()
    {
        await using GuestClient client = await guest.ConnectAsync();
        await guest.Machine.StopAsync();
        Task ping = client.PingAsync(Token);
        await guest.Machine.ContAsync();

        await ping.WaitAsync(Limit, Token);
    }

    [Fact]
    public async Task All_connections_broken_at_once_leave_the_listeners_working()
    {
        GuestClient[] clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => guest.ConnectAsync()));
        guest.ResetConnections();
        await Task.WhenAll(clients.Select(client => client.Closed)).WaitAsync(Limit, Token);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));

        await using GuestClient next = await guest.ConnectAsync(Once);
        await next.PingAsync(Token);
    }

    [Fact]
    public async Task The_agent_connects_to_a_host_that_listens_and_comes_again()
    {
        await using var listener = GuestListener.Listen(guest.Endpoint(VsockMachine.ListenerPort));
        for (int i = 0; i < 2; i++)
        {
            Stream stream = (await listener.AcceptAsync(Token).WaitAsync(Limit, Token)).Stream;
            await using GuestClient client = await GuestClient.ConnectAsync(stream, null, Token);
            await client.PingAsync(Token);
        }
    }

    [Fact]
    public async Task Processes_of_the_guest_are_served_only_where_the_configuration_names_their_CID()
    {
        Assert.Equal("5", await guest.ShellAsync($"{Ctl} -g vsock://1:{VsockMachine.LoopbackPort} exec -- echo 5"));
        for (int i = 0; i < 3; i++)
        {
            GuestCommandResult refused = await guest.Machine.ExecAsync(Ctl, "-g", $"vsock://1:{VsockMachine.HostPort}", "ping");
            Assert.Equal(69, refused.ExitCode);
        }

        string log = await guest.LogAsync();
        Assert.Single(log.Split('\n'), line => line.Contains(
            $"vsock port {VsockMachine.HostPort}: connection from CID 1 refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_processes_of_the_guest_connect_at_once_and_one_may_only_finish_sending()
    {
        string many = $"for i in $(seq 8); do {Ctl} -g vsock://1:{VsockMachine.LoopbackPort} exec -- echo $i & done; wait";
        string[] lines = (await guest.ShellAsync(many)).Split('\n');
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"{i}").Order(), lines.Order());
        Assert.Equal(
            string.Join(' ', Enumerable.Range(0, 64)),
            await guest.ShellAsync($"{TestHost} many vsock://1:{VsockMachine.LoopbackPort} 64"));

        const string Request = """{"jsonrpc":"2.0","id":1,"method":"exec_command","params":{"command":"sh","args":["-c","sleep 1; echo late"]}}""";
        string reply = await guest.ShellAsync(
            $"echo '{Request}' | socat -t 20 - VSOCK-CONNECT:1:{VsockMachine.LoopbackPort}");
        Assert.Contains("\"stdout\":\"late\\n\"", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_copied_in_both_directions_and_verified()
    {
        string ctl = $"{Ctl} -g vsock://1:{VsockMachine.LoopbackPort} cp";
        await guest.ShellAsync(
            $"cd /tmp; head -c 20000003 /dev/urandom > sent; {ctl} sent :{VsockMachine.Tree}/file; cmp sent {VsockMachine.Tree}/file; "
            + $"{ctl} :{VsockMachine.Tree}/file received; cmp sent received; rm sent received {VsockMachine.Tree}/file");
    }

    [Fact]
    public async Task Who_may_connect_changes_under_the_connections_of_those_who_still_may()
    {
        await using GuestClient host = await GuestClient.ConnectAsync(guest.Endpoint(VsockMachine.LoopbackPort), null, Token);
        await guest.ShellAsync($"({TestHost} hold vsock://1:{VsockMachine.LoopbackPort} > /tmp/held 2>&1 < /dev/null &)");
        await guest.UntilAsync("grep -q ^attached /tmp/held", "a connection of the guest itself");
        string local = $"{Ctl} -g vsock://1:{VsockMachine.LoopbackPort} ping";
        string original = await guest.ShellAsync("cat /etc/guest-agent/config.json");

        await guest.ReloadAsync(original.Replace("[1, 2]", "[2]", StringComparison.Ordinal));
        await guest.UntilAsync("grep -q '^closed Lost' /tmp/held", "the end of that connection");
        Assert.Equal(69, (await guest.Machine.ExecAsync("sh", "-c", local)).ExitCode);
        Assert.False(host.Closed.IsCompleted);
        await host.PingAsync(Token);

        await guest.ReloadAsync(original);
        await guest.ShellAsync(local);
        await host.PingAsync(Token);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_guest_that_is_reset_is_reached_again_by_trying()
    {
        await using GuestClient before = await guest.ConnectAsync();
        Task reset = guest.Machine.ResetAsync();
        await before.Closed.WaitAsync(Limit, Token);
        // The VMM leaves attempts without an answer while the guest boots.
        var patient = new GuestClientOptions { DialRetry = new DialRetry { Attempts = 200, LongestPause = TimeSpan.FromSeconds(1) } };
        await using GuestClient after = await guest.ConnectAsync(patient).WaitAsync(2 * Limit, Token);
        await reset;

        Assert.NotEqual(before.Agent.BootId, after.Agent.BootId);
        await guest.ShellAsync("modprobe vsock_loopback");
    }
}
