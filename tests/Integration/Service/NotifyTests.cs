using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>What the agent tells a service manager, and what its commands learn of the manager: nothing.</summary>
public sealed class NotifyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_ready_when_hosts_can_attach_and_says_where(bool isAbstract)
    {
        using var directory = new TemporaryDirectory();
        using ServiceManager manager = Manager(directory, isAbstract);
        await using RunningAgent agent = await StartAsync(directory, manager);

        IReadOnlyDictionary<string, string> first = await manager.ReceiveAsync();

        Assert.Equal("1", first["READY"]);
        Assert.Equal($"Listening on unix:{agent.SocketPath}", first["STATUS"]);
        using RawClient client = await agent.ConnectAsync();
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
    }

    [Fact]
    public async Task Hosts_that_come_and_go_are_no_news_and_the_stop_is()
    {
        using var directory = new TemporaryDirectory();
        using ServiceManager manager = Manager(directory);
        await using RunningAgent agent = await StartAsync(directory, manager);
        await manager.ReceiveAsync("READY");
        for (int i = 0; i < 10; i++)
        {
            using RawClient client = await agent.ConnectAsync();
            await client.ExchangeAsync(Requests.Ping(i));
        }

        Assert.Equal(0, await agent.StopAsync());

        Assert.Equal("1", (await manager.ReceiveAsync())["STOPPING"]);
        Assert.False(manager.HasMore);
    }

    [Fact]
    public async Task Commands_learn_neither_the_socket_nor_the_watchdog()
    {
        using var directory = new TemporaryDirectory();
        using ServiceManager manager = Manager(directory);
        await using RunningAgent agent = await StartAsync(directory, manager, ("WATCHDOG_USEC", "10000000"));
        using RawClient client = await agent.ConnectAsync();

        string variables = (await client.ExchangeAsync(Requests.Exec(1, "/usr/bin/env"))).Stdout();
        string open = (await client.ExchangeAsync(Requests.Exec(2, "/bin/ls", ["/proc/self/fd"]))).Stdout();

        Assert.Contains("PATH=", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("NOTIFY_SOCKET", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("WATCHDOG", variables, StringComparison.Ordinal);
        Assert.Equal("0\n1\n2\n3\n", open);
    }

    [Fact]
    public async Task Signs_of_life_come_as_often_as_asked_for()
    {
        using var directory = new TemporaryDirectory();
        using ServiceManager manager = Manager(directory);
        await using RunningAgent agent = await StartAsync(directory, manager, ("WATCHDOG_USEC", "200000"));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("1", (await manager.ReceiveAsync("WATCHDOG"))["WATCHDOG"]);
        }
    }

    [Theory]
    [InlineData("WATCHDOG_PID", "1")]
    [InlineData("WATCHDOG_USEC", "0")]
    [InlineData("WATCHDOG_USEC", "often")]
    public async Task Nobody_who_did_not_ask_gets_signs_of_life(string variable, string value)
    {
        using var directory = new TemporaryDirectory();
        using ServiceManager manager = Manager(directory);
        await using RunningAgent agent =
            await StartAsync(directory, manager, ("WATCHDOG_USEC", "1000"), (variable, value));
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Shell(1, "sleep 0.2"));
        await agent.StopAsync();

        Assert.Contains("READY", await manager.ReceiveAsync());
        Assert.Contains("STOPPING", await manager.ReceiveAsync());
    }

    [Theory]
    [InlineData("/nowhere/notify.sock")]
    [InlineData("relative")]
    [InlineData("@")]
    [InlineData("")]
    public async Task A_manager_that_cannot_be_reached_is_done_without(string address)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.Default, environment: new Dictionary<string, string> { ["NOTIFY_SOCKET"] = address });
        using RawClient client = await agent.ConnectAsync();
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
    }

    private static ServiceManager Manager(TemporaryDirectory directory, bool isAbstract = false) =>
        new(isAbstract ? "@" + directory["notify"] : directory["notify"]);

    private static Task<RunningAgent> StartAsync(
        TemporaryDirectory directory, ServiceManager manager, params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Address };
        foreach ((string name, string value) in more)
        {
            environment[name] = value;
        }

        return RunningAgent.StartAsync(AgentConfig.AnyCommand, directory, environment);
    }
}
