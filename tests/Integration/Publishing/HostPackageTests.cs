using System.IO.Compression;
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
        foreach (string file in new[] { "nuget.config", "Directory.Build.props", "Directory.Packages.props" })
        {
            File.Copy(SourceFile.Find("samples", file), _directory[file]);
        }

        Directory.CreateDirectory(_directory["run-command"]);
        foreach (string file in new[] { "RunCommand.csproj", "Program.cs" })
        {
            File.Copy(SourceFile.Find("samples", "run-command/" + file), _directory["run-command/" + file]);
        }

        // What the package depends on is taken from where the build of this repository has put it, without a network.
        await ProgramRun.OutputAsync(Cli.Wrap("dotnet").WithArguments([
            "build", _directory["run-command"], "-o", _directory["out"], "-nologo", "-v", "quiet", "-nodeReuse:false",
            "-p:UseSharedCompilation=false", "-p:RestoreSources=" + Feed, "-p:RestorePackagesPath=" + _directory["packages"],
            "-p:RestoreFallbackFolders=" + PackageFolder,
        ]));
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

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

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
