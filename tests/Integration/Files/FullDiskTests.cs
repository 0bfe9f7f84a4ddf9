using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Files;

/// <summary>
/// Files that find no room. A limit for the size of files, setrlimit(2), stands for a full disk: it needs no file system of
/// its own, and besides the error it has a signal that would end the agent.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Room = 64 * 1024;

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task A_file_that_finds_no_room_leaves_the_former_one_and_nothing_else()
    {
        await using RunningAgent agent = await StartAsync();
        string path = _directory["files/file"];
        await File.WriteAllTextAsync(path, "former", TestContext.Current.CancellationToken);
        using RawClient client = await agent.ConnectAsync();
        foreach (bool append in (bool[])[false, true])
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Call(1, "file_write", new JsonObject
            {
                ["path"] = path,
                ["content"] = new string('x', Room + 1),
                ["append"] = append,
            }));
            AssertNoRoom(reply);
            Assert.Equal("former", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_directory["files"]));
    }

    [Fact]
    public async Task A_piece_that_finds_no_room_leaves_the_upload_where_it_was()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        var open = new JsonObject { ["path"] = _directory["files/file"] };
        string token = (await client.ExchangeAsync(Requests.Call(1, "file_upload_open", open))).Result().Text("token");

        AssertNoRoom(await PieceAsync(client, token, Room + 1));
        Assert.Equal(Room, (await PieceAsync(client, token, Room)).Result().Number("offset"));
        Assert.False(File.Exists(_directory["files/file"]));
    }

    [Fact]
    public async Task Nothing_of_a_piece_that_found_no_room_is_in_the_file()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        var open = new JsonObject { ["path"] = _directory["files/file"] };
        string token = (await client.ExchangeAsync(Requests.Call(1, "file_upload_open", open))).Result().Text("token");
        AssertNoRoom(await PieceAsync(client, token, Room + 1));

        // The host has less to say than it thought.
        (await PieceAsync(client, token, 1)).Result();
        (await client.ExchangeAsync(Requests.Call(3, "file_upload_commit", new JsonObject
        {
            ["token"] = token,
            ["size_bytes"] = 1,
            ["sha256"] = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        }))).Result();

        Assert.Equal([0], await File.ReadAllBytesAsync(_directory["files/file"], TestContext.Current.CancellationToken));
    }

    public void Dispose() => _directory.Dispose();

    private async Task<RunningAgent> StartAsync()
    {
        string files = Directory.CreateDirectory(_directory["files"]).FullName;
        RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files), _directory);
        ResourceLimits.SetFileSize(agent.Facts.Pid, Room);
        return agent;
    }

    private static Task<JsonObject> PieceAsync(RawClient client, string token, int length) =>
        client.ExchangeAsync(Requests.Call(2, "file_upload_write", new JsonObject
        {
            ["token"] = token,
            ["offset"] = 0,
            ["data"] = Convert.ToBase64String(new byte[length]),
        }));

    private static void AssertNoRoom(JsonObject reply)
    {
        Assert.Equal(-32006, reply.ErrorCode());
        Assert.Equal("EFBIG", reply.Error()["data"]!["errno"]!.GetValue<string>());
    }
}
