using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Files;

/// <summary>The agent is killed at any moment of writing.</summary>
public sealed class CrashTests
{
    private const int Kills = 100;
    private const int LongestMilliseconds = 12;
    private const int Pieces = 4;

    [Fact]
    public Task Killed_at_any_moment_it_leaves_the_former_file_or_the_new_one_and_nothing_else() =>
        KillAgainAndAgainAsync(unnamedFiles: true, seed: 1);

    [Fact]
    public Task So_it_does_where_temporary_files_have_names() => KillAgainAndAgainAsync(unnamedFiles: false, seed: 2);

    private static async Task KillAgainAndAgainAsync(bool unnamedFiles, int seed)
    {
        using var directory = new TemporaryDirectory();
        string files = Directory.CreateDirectory(directory["files"]).FullName;
        var random = new Random(seed);
        int version = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using RunningAgent agent =
                await RunningAgent.StartAsync(AgentConfig.WithFiles(files), directory, unnamedFiles: unnamedFiles);
            AssertNothingElse(files);
            Task writing = WriteAsync(agent, Path.Combine(files, "written"), version += 1000);
            Task uploading = UploadAsync(agent, Path.Combine(files, "uploaded"), version);
            Task linking = LinkAsync(agent, Path.Combine(files, "linked"));
            await Task.Delay(random.Next(LongestMilliseconds), TestContext.Current.CancellationToken);
            await agent.KillAsync();
            await Task.WhenAll(writing, uploading, linking);
            AssertWhole(Path.Combine(files, "written"));
            AssertWhole(Path.Combine(files, "uploaded"));
        }

        await using RunningAgent last = await RunningAgent.StartAsync(AgentConfig.WithFiles(files), directory);
        AssertNothingElse(files);
        string records = directory["state/temporaries"];
        Assert.Equal([], Directory.Exists(records) ? Directory.GetFileSystemEntries(records) : []);
    }

    private static void AssertNothingElse(string files) => Assert.All(
        Directory.GetFileSystemEntries(files), path => Assert.Contains(Path.GetFileName(path), (string[])["written", "uploaded", "linked"]));

    // All of one version; a file that was never finished may be missing.
    private static void AssertWhole(string path)
    {
        if (File.Exists(path))
        {
            byte[] content = File.ReadAllBytes(path);
            Assert.Equal(Content(int.Parse(Encoding.ASCII.GetString(content.AsSpan(0, 8)), null)), content);
        }
    }

    // Until the agent is gone.
    private static Task WriteAsync(RunningAgent agent, string path, int version) => UntilGoneAsync(agent, async client =>
    {
        JsonObject reply = await client.ExchangeAsync(Requests.Call(version, "file_write", new JsonObject
        {
            ["path"] = path,
            ["content"] = Encoding.ASCII.GetString(Content(version++)),
        }));
        reply.Result();
    });

    private static Task LinkAsync(RunningAgent agent, string path) => UntilGoneAsync(agent, async client =>
    {
        JsonObject reply = await client.ExchangeAsync(Requests.Call(1, "file_symlink", new JsonObject
        {
            ["path"] = path,
            ["target"] = "written",
            ["overwrite"] = true,
        }));
        reply.Result();
    });

    private static Task UploadAsync(RunningAgent agent, string path, int version) => UntilGoneAsync(agent, async client =>
    {
        byte[] content = Content(version++);
        string token = (await client.ExchangeAsync(Requests.Call(1, "file_upload_open", new JsonObject { ["path"] = path })))
            .Result().Text("token");
        int length = content.Length / Pieces;
        for (int offset = 0; offset < content.Length; offset += length)
        {
            (await client.ExchangeAsync(Requests.Call(2, "file_upload_write", new JsonObject
            {
                ["token"] = token,
                ["offset"] = offset,
                ["data"] = Convert.ToBase64String(content, offset, length),
            }))).Result();
        }

        (await client.ExchangeAsync(Requests.Call(3, "file_upload_commit", new JsonObject
        {
            ["token"] = token,
            ["size_bytes"] = content.Length,
            ["sha256"] = Hash(content),
        }))).Result();
    });

    private static async Task UntilGoneAsync(RunningAgent agent, Func<RawClient, Task> act)
    {
        try
        {
            using RawClient client = await agent.ConnectAsync();
            while (true)
            {
                await act(client);
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The agent has been killed.
        }
    }

    private static byte[] Content(int version) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{version:00000000}", 16 * 1024)));

#pragma warning disable RS0030 // Tests are not published as static programs: they have OpenSSL.
    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
#pragma warning restore RS0030
}
