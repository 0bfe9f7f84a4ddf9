using System.Text.Json.Nodes;
using GuestAgent.Hashing;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Files;

/// <summary>Uploads that go on over another connection while pieces of the former one are still on their way.</summary>
public sealed class ResumedUploadTests : IDisposable
{
    private const int PieceBytes = 32 * 1024;
    private const int Pieces = 48;
    private const int Tries = 24;

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task What_the_status_says_is_true_until_the_host_goes_on()
    {
        string files = Directory.CreateDirectory(_directory["files"]).FullName;
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files), _directory);
        byte[] content = new byte[Pieces * PieceBytes];
        new Random(1).NextBytes(content);
        for (int i = 0; i < Tries; i++)
        {
            string path = Path.Combine(files, $"file-{i}");
            string token = await BeginAndVanishAsync(agent, path, content, answersRead: i % 4);
            await FinishAsync(agent, token, content);
            Assert.Equal(content, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }
    }

    public void Dispose() => _directory.Dispose();

    // All pieces are sent, and the connection is gone before they are read.
    private static async Task<string> BeginAndVanishAsync(RunningAgent agent, string path, byte[] content, int answersRead)
    {
        using RawClient client = await agent.ConnectAsync();
        JsonObject opened = (await client.CallAsync(1, "file_upload_open", new JsonObject { ["path"] = path })).Result();
        string token = opened.Text("token");
        for (int i = 0; i < Pieces; i++)
        {
            await client.SendAsync(Piece(2 + i, token, content, i * PieceBytes));
        }

        for (int i = 0; i < answersRead; i++)
        {
            (await client.ReadAsync()).Result();
        }

        return token;
    }

    private static async Task FinishAsync(RunningAgent agent, string token, byte[] content)
    {
        using RawClient client = await agent.ConnectAsync();
        JsonObject status = (await client.CallAsync(1, "file_upload_status", new JsonObject { ["token"] = token })).Result();
        long offset = status.Number("offset");
        for (int id = 2; offset < content.Length; id++)
        {
            await client.SendAsync(Piece(id, token, content, offset));
            offset = (await client.ReadReplyAsync(id)).Result().Number("offset");
        }

        JsonObject commit = new()
        {
            ["token"] = token,
            ["size_bytes"] = content.Length,
            ["sha256"] = Convert.ToHexStringLower(Sha256.HashData(content)),
        };
        (await client.CallAsync(1, "file_upload_commit", commit)).Result();
    }

    private static string Piece(int id, string token, byte[] content, long offset) =>
        Requests.Call(id, "file_upload_write", new JsonObject
        {
            ["token"] = token,
            ["offset"] = offset,
            ["data"] = Convert.ToBase64String(content, (int)offset, (int)Math.Min(PieceBytes, content.Length - offset)),
        });
}
