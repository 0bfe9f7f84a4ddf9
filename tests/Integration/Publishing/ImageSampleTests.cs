using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Publishing;

/// <summary>The examples of images, as far as their own tools read them without a network and a virtual machine.</summary>
public sealed class ImageSampleTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Packer_takes_its_template()
    {
        string directory = Sample("packer");
        await RunAsync("packer", "fmt", "-check", directory);
        // Any files stand for those that a build would fetch.
        await RunAsync(
            "packer", "validate", "-var", "package=/etc/hostname", "-var", "image=/etc/hostname", "-var", "checksum=none", directory);
        Assert.True(File.Exists(Sample("packer/../vsock.json")));
    }

    [Fact]
    public async Task Mkosi_reads_its_configuration_and_finds_the_drop_in()
    {
        ProgramRun run = await ProgramRun.StartAsync("mkosi", "--directory", Sample("mkosi"), "summary");
        Assert.Equal(0, run.ExitCode);
        string summary = run.Output + run.Error;
        Assert.Contains("guest-agent", summary, StringComparison.Ordinal);
        Assert.Contains("bookworm", summary, StringComparison.Ordinal);
        Assert.Contains("mkosi.extra", summary, StringComparison.Ordinal);
        Assert.Equal(
            await File.ReadAllTextAsync(Sample("vsock.json"), Token),
            await File.ReadAllTextAsync(Sample("mkosi/mkosi.extra/etc/guest-agent/config.d/vsock.json"), Token));
    }

    [Theory]
    [InlineData("cloud-init/user-data")]
    [InlineData("packer/cloud-init/user-data")]
    public async Task Cloud_init_takes_its_data(string file) =>
        Assert.Contains("Valid", await RunAsync("cloud-init", "schema", "--config-file", Sample(file)), StringComparison.Ordinal);

    [Fact]
    public async Task The_agent_takes_the_drop_in_that_cloud_init_writes()
    {
        const string Content =
            "import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))['write_files'][0]['content'], end='')";
        await CheckAsync(await RunAsync("/usr/bin/python3", "-c", Content, Sample("cloud-init/user-data")));
    }

    [Fact]
    public async Task The_agent_takes_the_drop_in_of_the_others() =>
        await CheckAsync(await File.ReadAllTextAsync(Sample("vsock.json"), Token));

    [Fact]
    public async Task The_dockerfile_copies_what_is_there_and_the_agent_takes_its_configuration()
    {
        string[] lines = await File.ReadAllLinesAsync(Sample("Dockerfile"), Token);
        string[] copied = [.. lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];
        Assert.Equal(["guest-agent_*_amd64.deb", "container.json"], copied);
        await CheckAsync(null, Sample("container.json"));
    }

    [Fact]
    public async Task The_script_of_virt_customize_names_files_that_are_there()
    {
        string package = _place["guest-agent_1_amd64.deb"];
        await File.WriteAllTextAsync(package, "", Token);
        // Takes the place of the tool, which needs a virtual machine, and shows what it would be told.
        _place.AddScript("virt-customize", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Command script = Cli.Wrap(Sample("virt-customize.sh"))
            .WithArguments(["disk.img", package])
            .WithEnvironmentVariables(variables => variables.Set("PATH", $"{_place[""]}:/usr/bin:/bin"));
        string[] words = (await ProgramRun.OutputAsync(script)).Split('\n');
        string[] uploads = [.. words.Where((_, at) => at > 0 && words[at - 1] is "--upload" or "--copy-in")];
        Assert.Equal(2, uploads.Length);
        Assert.All(uploads, upload => Assert.True(File.Exists(upload.Split(':')[0]), upload));

        ProgramRun wrong = await ProgramRun.StartAsync(Sample("virt-customize.sh"), "disk.img");
        Assert.Equal(64, wrong.ExitCode);
    }

    private static string Sample(string file) => SourceFile.Find("samples/images", file);

    private static Task<string> RunAsync(string program, params string[] arguments) => ProgramRun.OutputAsync(program, arguments);

    // As the package lays them out: its configuration, and the drop-in beside it.
    private async Task CheckAsync(string? dropIn, string? configuration = null)
    {
        string file = _place["config.json"];
        File.Copy(configuration ?? SourceFile.Find("packaging/config", "config.json"), file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (dropIn is not null)
        {
            string place = Directory.CreateDirectory(_place["config.d"]).FullName;
            await File.WriteAllTextAsync(Path.Combine(place, "vsock.json"), dropIn, Token);
        }

        ProgramRun run = await ProgramRun.AgentAsync("--check", "--config", file);
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
    }
}
