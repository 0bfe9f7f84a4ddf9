using System.Diagnostics;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>
/// A host that moves files and somebody in the guest who exchanges them in his directory: together they bring nothing to where
/// the policy would let neither of them.
/// </summary>
public sealed class ExchangedEntryTests : IDisposable
{
    private const int Tries = 5_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_or_directory_of_root_does_not_take_a_place_of_the_policy(bool isDirectory)
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        Directory.CreateDirectory(_directory["secret"]);
        await File.WriteAllTextAsync(_directory["secret/file"], "secret", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_directory["open"]);
        string place = _directory["open/place"];
        string entry = Path.Combine(his, "entry");
        await File.WriteAllTextAsync(entry, "open", TestContext.Current.CancellationToken);
        await GuestUser.GiveAsync(his);
        // What root has left there, and he may call what he likes.
        string link = Path.Combine(his, "link");
        if (isDirectory)
        {
            Directory.CreateDirectory(link);
            File.CreateSymbolicLink(Path.Combine(link, "file"), _directory["secret/file"]);
        }
        else
        {
            File.CreateSymbolicLink(link, _directory["secret"]);
        }

        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["read_paths"] = new JsonArray(his, place, place + "/file"),
                ["write_paths"] = new JsonArray(his, place),
            },
        });
        using RawClient client = await agent.ConnectAsync();
        (int moved, int refused) = (0, 0);
        using (var exchanged = new ExchangedEntries(entry, link, GuestUser.Id))
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Tries && Stopwatch.GetElapsedTime(start) < TestTimeouts.Bulk; i++)
            {
                JsonObject parameters = new() { ["from"] = entry, ["to"] = place, ["overwrite"] = i % 2 == 0 };
                JsonObject reply = await client.ExchangeAsync(Requests.Call(i, "file_move", parameters));
                if (reply["result"] is null)
                {
                    Assert.Equal((-32001, "policy"), (reply.ErrorCode(), reply.ErrorRule()));
                    refused++;
                    continue;
                }

                moved++;
                Assert.False(Directory.Exists(place), "what root has left in his directory has taken the place");
                Assert.Equal("open", await File.ReadAllTextAsync(place, TestContext.Current.CancellationToken));
                File.Delete(place);
                // The name that the file had is taken away last, and may be root's link by then.
                bool isLinkGone = !isDirectory && !IsLink(entry) && !IsLink(link);
                FillOneOf(entry, link, isLinkGone ? _directory["secret"] : null);
            }
        }

        Assert.True(moved > 0 && refused > 0, $"{moved} moved, {refused} refused: nothing was exchanged");
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    // Whichever is free, with a file or a link; neither when he has exchanged them just when the file had got its new name.
    private static void FillOneOf(string one, string other, string? target)
    {
        foreach (string name in (string[])[one, other])
        {
            try
            {
                if (target is not null)
                {
                    File.CreateSymbolicLink(name, target);
                    return;
                }

                using var file = new StreamWriter(new FileStream(name, FileMode.CreateNew));
                file.Write("open");
                return;
            }
            catch (IOException)
            {
                // Taken.
            }
        }
    }
}
