using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>
/// A program's directory is gone behind it, whatever it did to it, and nothing else is: here of programs that are not
/// confined, and that may do all that their user may where programs have their directories.
/// </summary>
public sealed class RemovalTests
{
    [Theory]
    [InlineData("mv \"$PWD\" \"$PWD-elsewhere\"")]
    [InlineData("mv \"$PWD\" ../../open/elsewhere")]
    [InlineData("mkdir ../deep; mv \"$PWD\" ../deep/inner")]
    [InlineData("mv \"$PWD\" ../../open/elsewhere; ln -s ../precious \"$PWD\"")]
    [InlineData("mv \"$PWD\" ../../open/elsewhere; mkdir \"$PWD\"; ln -s ../../precious \"$PWD/link\"")]
    [InlineData("mv \"$PWD\" ../../open/elsewhere; echo > \"$PWD\"")]
    [InlineData("mkdir -p a/b/c; chmod 0 a/b; chmod 0 a; chmod 0 .")]
    [InlineData("ln -s ../../precious d; ln ../../precious/file hard 2> /dev/null; true")]
    public async Task It_is_gone_wherever_it_was(string code)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["confinement"] = "none" });
        foreach (string name in (string[])["work", "open", "precious"])
        {
            Directory.CreateDirectory(agent.Place[name]);
            File.SetUnixFileMode(agent.Place[name], (UnixFileMode)0b1_111_111_111);
        }

        await File.WriteAllTextAsync(agent.Place["precious/file"], "kept", TestContext.Current.CancellationToken);
        (_, JsonObject response) = await agent.RunAsync($"echo x > file; {code}");

        Assert.Equal(0, response["exit_code"]!.GetValue<int>());
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(agent.Place["work"]),
            path => Path.GetFileName(path).StartsWith("workload-", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Place["open"]));
        Assert.Equal("kept", await File.ReadAllTextAsync(agent.Place["precious/file"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Neither_depth_nor_attributes_keep_it()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(
            null, new() { ["confinement"] = "none", ["new_privileges"] = true });

        List<string> lines = await agent.LinesAsync(
            """
            python3 -c 'import os
            for i in range(3000): os.mkdir("directory-%d" % i); os.chdir("directory-%d" % i)
            open("bottom", "w")'
            mkdir -p fixed/inner; echo x > fixed/inner/file; echo x > fixed/file
            chattr +i fixed/inner/file fixed/file; chattr +a fixed/inner; chattr +i fixed; chattr +i .
            echo done
            """);

        Assert.Equal(["done"], lines);
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Place["work"]));
    }

    [Fact]
    public async Task Nothing_is_left_of_its_mount_points_however_deep_in_the_temporary_directory_it_has_its_own()
    {
        using var place = new TemporaryDirectory("/tmp");
        string deep = place["one/two/three"];
        place.OpenForAll();
        Directory.CreateDirectory(deep);
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["directory"] = deep });

        string path = Assert.Single(await agent.LinesAsync("pwd"));

        Assert.StartsWith(deep + "/workload-", path, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(deep));
    }

    [Theory]
    [InlineData("mv \"$PWD\" \"$PWD-elsewhere\" 2> /dev/null || echo refused")]
    [InlineData("rmdir \"$PWD\" 2> /dev/null || echo refused")]
    public async Task A_confined_program_cannot_even_move_it(string code)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");

        Assert.Equal(["refused"], await agent.LinesAsync(code));
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Place["work"]));
    }
}
