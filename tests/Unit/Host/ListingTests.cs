using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Processes;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class ListingTests
{
    private readonly ScriptedGuest _guest = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_follow_one_another_by_name_and_by_bytes_where_a_name_is_not_text()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<List<string>> listing = ListAsync(client);
        ScriptedCall first = await agent.ReceiveAsync("file_list");
        Assert.Equal(2, first.Params.GetProperty("limit").GetInt32());
        await agent.AnswerAsync(first, Page(more: true, Entry("a"), Entry("b")));
        ScriptedCall second = await agent.ReceiveAsync("file_list");
        Assert.Equal("b", second.Params.GetProperty("after").GetString());
        await agent.AnswerAsync(second, Page(more: true, Entry("c"), Entry("\uFFFD", "/w==")));
        ScriptedCall third = await agent.ReceiveAsync("file_list");
        Assert.Equal("/w==", third.Params.GetProperty("after_base64").GetString());
        Assert.False(third.Params.TryGetProperty("after", out var after) && after.GetString() is not null);
        await agent.AnswerAsync(third, Page(more: false));
        Assert.Equal(["a", "b", "c", "\uFFFD"], await listing.InTime());
    }

    [Fact]
    public async Task Pages_become_longer_until_the_agent_has_no_memory_for_them()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<List<FileEntry>> listing = Task.Run(
            async () => await client.Files.ListAsync("/d", cancellationToken: Token).ToListAsync(Token), Token);
        foreach ((int limit, string? name) in new (int, string?)[] { (1000, "a"), (2000, "b"), (4000, null), (1000, "c"), (1000, "d") })
        {
            ScriptedCall call = await agent.ReceiveAsync("file_list");
            Assert.Equal(limit, call.Params.GetProperty("limit").GetInt32());
            if (name is null)
            {
                await agent.RefuseAsync(call, -32004, "there is no room");
            }
            else
            {
                await agent.AnswerAsync(call, Page(more: name != "d", Entry(name)));
            }
        }

        Assert.Equal(["a", "b", "c", "d"], (await listing.InTime()).Select(entry => entry.Name));
    }

    public static TheoryData<string> ImpossiblePages => new(
        Page(more: true),
        Page(more: false, Entry("a"), Entry("b"), Entry("c")),
        Page(more: true, Entry("b"), Entry("a")),
        Page(more: true, Entry("a"), Entry("a")),
        Page(more: false, Entry("")),
        Page(more: false, Entry("x", "***")));

    [Theory]
    [MemberData(nameof(ImpossiblePages))]
    public async Task A_page_that_cannot_be_ends_the_connection(string page)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<List<string>> listing = ListAsync(client);
        await agent.AnswerAsync(await agent.ReceiveAsync("file_list"), page);
        await Assert.ThrowsAsync<GuestConnectionException>(() => listing.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, (await client.Closed.InTime()).Reason);
    }

    [Fact]
    public async Task Endless_pages_show_as_soon_as_a_name_comes_again()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<List<string>> listing = ListAsync(client);
        await agent.AnswerAsync(await agent.ReceiveAsync("file_list"), Page(more: true, Entry("a")));
        await agent.AnswerAsync(await agent.ReceiveAsync("file_list"), Page(more: true, Entry("a")));
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => listing.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task Processes_come_page_by_page_and_never_twice()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<List<int>> listing = Task.Run(
            async () =>
            {
                List<int> pids = [];
                await foreach (ProcessEntry process in client.Processes.ListAsync(cancellationToken: Token))
                {
                    pids.Add(process.Pid);
                }

                return pids;
            },
            Token);
        await agent.AnswerAsync(
            await agent.ReceiveAsync("process_list"), $$"""{"processes":[{{Process(1)}},{{Process(7)}}],"truncated":true}""");
        ScriptedCall second = await agent.ReceiveAsync("process_list");
        Assert.Equal(7, second.Params.GetProperty("after").GetInt32());
        await agent.AnswerAsync(second, $$"""{"processes":[{{Process(7)}}],"truncated":true}""");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => listing.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    private static Task<List<string>> ListAsync(GuestClient client) => Task.Run(
        async () =>
        {
            List<string> names = [];
            await foreach (FileEntry entry in client.Files.ListAsync("/d", pageLength: 2, cancellationToken: Token))
            {
                names.Add(entry.Name);
            }

            return names;
        },
        Token);

    private static string Page(bool more, params string[] entries) =>
        $$"""{"path":"/d","entries":[{{string.Join(',', entries)}}],"more":{{(more ? "true" : "false")}}}""";

    private static string Entry(string name, string? base64 = null) =>
        $$"""{"name":"{{name}}","type":"file","size_bytes":1,"permissions":"0644","owner":null,"group":null,""" +
        $$""" "user_id":0,"group_id":0,"modified_ms":0{{(base64 is null ? "" : $",\"name_base64\":\"{base64}\"")}}}""";

    private static string Process(int pid) =>
        $$"""{"pid":{{pid}},"parent_pid":0,"name":"p","arguments":null,"user":null,"user_id":0,"state":"sleeping",""" +
        """ "threads":1,"memory_kb":0,"cpu_time_ms":0,"started_ms":0}""";
}
