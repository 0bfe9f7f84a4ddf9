using System.IO.Compression;
using System.Net.Sockets;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Publishing;

/// <summary>The library's package (<c>make nuget</c>), and a program of somebody else that is built on it.</summary>
public sealed class HostPackageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static string Feed => SourceFile.Find("artifacts", "nuget");

    private static string Package => Directory.GetFiles(Feed, "GuestAgent.Host.*.nupkg").Single();

    [Fact]
    public void The_package_holds_all_that_a_user_needs()
    {
        using ZipArchive package = ZipFile.OpenRead(Package);
        foreach (string name in new[] { "GuestAgent.Host", "GuestAgent.Shared" })
        {
            Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.dll"));
            Assert.NotNull(package.GetEntry($"lib/net10.0/{name}.xml"));
        }

        Assert.All(new[] { "README.md", "icon.png", "LICENSE" }, name => Assert.NotNull(package.GetEntry(name)));
        using Stream description = package.GetEntry("GuestAgent.Host.nuspec")!.Open();
        XElement metadata = XDocument.Load(description).Root!.Elements().First();
        // What is named here has to be in a feed: what the package holds must not be.
        Assert.Equal(
            [
                "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Tmds.LibC",
            ],
            metadata.Descendants().Where(x => x.Name.LocalName == "dependency").Select(x => x.Attribute("id")!.Value).Order());
    }

    [Fact]
    public void The_symbols_are_of_the_very_assemblies()
    {
        using ZipArchive package = ZipFile.OpenRead(Package);
        using ZipArchive symbols = ZipFile.OpenRead(Path.ChangeExtension(Package, ".snupkg"));
        foreach (string name in new[] { "GuestAgent.Host", "GuestAgent.Shared" })
        {
            Assert.Equal(
                SymbolId(Content(package, $"lib/net10.0/{name}.dll")),
                SymbolIdOfSymbols(Content(symbols, $"lib/net10.0/{name}.pdb")));
        }
    }

    [Fact]
    public async Task A_program_is_built_on_it_and_drives_a_guest()
    {
        await BuildAsync("run-command", "RunCommand");
        Directory.CreateDirectory(_directory["guest"]);
        JsonObject policy = AgentConfig.WithFiles(_directory["guest"]).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig { Policy = policy });
        ProgramRun run = await ProgramRun.StartAsync(
            _directory["out/RunCommand"], "unix://" + agent.SocketPath, _directory["guest"], "/bin/echo", "it works");
        Assert.Equal(("it works\n", 0), (run.Output, run.ExitCode));
        string copy = await File.ReadAllTextAsync(_directory["guest/output.txt"], TestContext.Current.CancellationToken);
        Assert.Equal("it works\n", copy);
    }

    [Fact]
    public async Task A_tree_is_copied_into_a_guest_and_a_command_runs_in_it()
    {
        await BuildAsync("copy-tree", "CopyTree");
        Directory.CreateDirectory(_directory["here/below"]);
        await File.WriteAllTextAsync(_directory["here/below/greet"], "#!/bin/sh\necho it works; echo of $1 >&2; exit 3\n", Token);
        File.SetUnixFileMode(_directory["here/below/greet"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(_directory["here/link"], "below/greet");
        Directory.CreateDirectory(_directory["guest"]);
        JsonObject policy = AgentConfig.WithFiles(_directory["guest"]).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig { Policy = policy });
        ProgramRun run = await ProgramRun.StartAsync(
            _directory["out/CopyTree"],
            "unix://" + agent.SocketPath,
            _directory["here"],
            _directory["guest/tree"],
            _directory["guest/tree/link"],
            "course");
        Assert.Equal(("it works\n", "of course\n", 3), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_service_tells_whether_its_guest_answers()
    {
        await BuildAsync("watch-guest", "WatchGuest");
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig());
        string socket = _directory["http.sock"];
        using var end = new CancellationTokenSource();
        CommandTask<CommandResult> service = Cli.Wrap(_directory["out/WatchGuest"])
            .WithArguments(["--Guest", "unix://" + agent.SocketPath, "--urls", "http://unix:" + socket])
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None, end.Token);
        try
        {
            await Bounded.UntilAsync(() => Listens(socket) || service.Task.IsCompleted, () => "the service listens");
            Assert.Equal("Healthy", await HealthAsync(socket));
            await agent.StopAsync();
            Assert.Equal("Unhealthy", await HealthAsync(socket));
        }
        finally
        {
            // As a service manager does: the client is closed with the program.
            await end.CancelAsync();
            await ((Task)service.Task)
                .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool Listens(string socket)
    {
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<string> HealthAsync(string socket)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        using HttpResponseMessage answer = await client.GetAsync(new Uri("http://localhost/health"), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private async Task BuildAsync(string sample, string project)
    {
        foreach (string file in new[] { "nuget.config", "Directory.Build.props", "Directory.Packages.props" })
        {
            File.Copy(SourceFile.Find("samples", file), _directory[file]);
        }

        Directory.CreateDirectory(_directory[sample]);
        foreach (string file in new[] { project + ".csproj", "Program.cs" })
        {
            File.Copy(SourceFile.Find("samples", $"{sample}/{file}"), _directory[$"{sample}/{file}"]);
        }

        // What the package depends on is taken from where the build of this repository has put it, without a network.
        await ProgramRun.OutputAsync(Cli.Wrap("dotnet").WithArguments([
            "build", _directory[sample], "-o", _directory["out"], "-nologo", "-v", "quiet", "-nodeReuse:false",
            "-p:UseSharedCompilation=false", "-p:RestoreSources=" + Feed, "-p:RestorePackagesPath=" + _directory["packages"],
            "-p:RestoreFallbackFolders=" + PackageFolder,
        ]));
    }

    private static string PackageFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    // What a debugger compares.
    private static Guid SymbolId(byte[] assembly)
    {
        using var file = new PEReader(new MemoryStream(assembly));
        return file.ReadCodeViewDebugDirectoryData(
            file.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView)).Guid;
    }

    private static Guid SymbolIdOfSymbols(byte[] symbols)
    {
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
        return new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid;
    }

    private static byte[] Content(ZipArchive archive, string name)
    {
        using Stream entry = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }
}
