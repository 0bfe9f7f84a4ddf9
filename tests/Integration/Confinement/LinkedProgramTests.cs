using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>A program as package managers lay it out, in the archive of a host that knows nothing of this agent.</summary>
public sealed class LinkedProgramTests
{
    [Theory]
    [InlineData("nobody", null)]
    [InlineData(null, null)]
    [InlineData("nobody", "node_modules/.bin/greet")]
    public async Task It_runs_with_the_links_of_its_modules_which_are_its_users(string? user, string? entrypoint)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user, new() { ["confinement"] = "required" });
        JsonObject request = WorkloadAgent.Script(Convert.ToBase64String(await PackAsync()), 60);
        request["entrypoint"] = entrypoint;

        (List<string> lines, JsonObject response) = await OriginalHost.RunAsync(agent.Running.SocketPath, request);

        string[] expected = entrypoint is null ? ["greet 1", "greet 2", "greet 1", "one file", "all mine"] : ["greet"];
        Assert.Equal(expected, lines);
        Assert.Equal(0, response["exit_code"]!.GetValue<int>());
        Assert.Empty(Directory.GetFileSystemEntries(agent.Place["work"]));
    }

    private static async Task<byte[]> PackAsync()
    {
        const string Main = """
            node_modules/.bin/greet 1 && node_modules/.bin/other 2 && node_modules/linked/cli.sh 1
            [ node_modules/greet/cli.sh -ef node_modules/greet/same.sh ] && echo one file
            [ -z "$(find . ! -user "$(id -u)")" ] && echo all mine
            """;
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
        {
            foreach (TarEntry entry in (TarEntry[])
            [
                Entry(TarEntryType.RegularFile, "main.sh", content: Main),
                Entry(TarEntryType.RegularFile, "node_modules/greet/cli.sh", content: "#!/bin/sh\necho greet $1\n"),
                Entry(TarEntryType.HardLink, "node_modules/greet/same.sh", "node_modules/greet/cli.sh"),
                Entry(TarEntryType.SymbolicLink, "node_modules/.bin/greet", "../greet/cli.sh"),
                Entry(TarEntryType.SymbolicLink, "node_modules/.bin/other", "greet"),
                Entry(TarEntryType.SymbolicLink, "node_modules/linked", "greet"),
            ])
            {
                await tar.WriteEntryAsync(entry, TestContext.Current.CancellationToken);
            }
        }

        return packed.ToArray();
    }

    private static GnuTarEntry Entry(TarEntryType kind, string name, string? target = null, string? content = null)
    {
        var entry = new GnuTarEntry(kind, name)
        {
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
        };
        if (target is not null)
        {
            entry.LinkName = target;
        }

        if (content is not null)
        {
            entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        }

        return entry;
    }
}
