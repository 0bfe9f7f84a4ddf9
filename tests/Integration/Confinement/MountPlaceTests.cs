using System.Diagnostics;
using System.Globalization;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>Another process of the program's user, outside of any confinement, puts links where its mounts are to go.</summary>
public sealed class MountPlaceTests
{
    // Becomes nobody, says so, and puts links in every directory of a program that it can enter, until it is killed.
    private const string Intruder =
        """
        import os, sys
        os.setgid(65534); os.setuid(65534)
        where, target, names = sys.argv[1], sys.argv[2], sys.argv[3:]
        print("ready", flush=True)
        while True:
            own = [n for n in os.listdir(where) if n.startswith("workload-")]
            for n in own:
                for m in names + own:
                    try: os.symlink(target, f"{where}/{n}/{m}")
                    except OSError: pass
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_has_all_its_mounts_and_root_makes_nothing_where_the_links_lead(bool isDeep)
    {
        using var place = new TemporaryDirectory("/tmp");
        string where = isDeep ? place["one/two"] : "/tmp";
        string target = place["target"];
        place.OpenForAll();
        Directory.CreateDirectory(place["one/two"]);
        Directory.CreateDirectory(target);
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["directory"] = where });
        using Process intruder = Process.Start(
            new ProcessStartInfo("python3", ["-c", Intruder, where, target, Path.GetFileName(place.Path)])
            {
                RedirectStandardOutput = true,
            })!;
        try
        {
            Assert.Equal("ready", await intruder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            for (int run = 0; run < 5; run++)
            {
                // Its own directory and its /tmp.
                List<string> lines = await agent.LinesAsync("grep -c workload- /proc/self/mountinfo");
                Assert.Equal(2, int.Parse(lines[0], CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            intruder.Kill();
            await intruder.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
    }
}
