using System.Text.RegularExpressions;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>What is in the packages, read by the tools of both systems.</summary>
public sealed partial class ContentTests
{
    private const string Configuration = "/etc/guest-agent/config.json";
    private const string Shipped = "/usr/share/guest-agent/config.json";
    private const string Examples = "/usr/share/doc/guest-agent/examples/";

    // The same files in both kinds, whatever the systems' own directories are.
    private static readonly Dictionary<string, string[]> Files = new(StringComparer.Ordinal)
    {
        ["guest-agent"] =
        [
            "-rwxr-xr-x /usr/bin/guest-agent",
            "drwxr-xr-x /etc/guest-agent/config.d",
            "-rw-r--r-- lib/systemd/system/guest-agent.service",
            "-rw-r--r-- lib/udev/rules.d/70-guest-agent.rules",
            "-rw-r--r-- /usr/share/man/man8/guest-agent.8.gz",
            "-rw-r--r-- /usr/share/man/man5/guest-agent.json.5.gz",
            "-rw-r--r-- /usr/share/doc/guest-agent/PROTOCOL.md",
            "-rw-r--r-- /usr/share/doc/guest-agent/openrpc.json",
            "-rw-r--r-- " + Examples + "example.json",
            "-rw-r--r-- " + Examples + "config.d/vsock.json",
            "-rw-r--r-- " + Examples + "locked-down.conf",
            "-rw-r--r-- " + Examples + "openrc/guest-agent",
            "-rw-r--r-- " + Examples + "busybox/inittab",
            "-rw-r--r-- " + Examples + "selinux/guest_agent.te",
            "-rw-r--r-- " + Examples + "selinux/guest_agent.fc",
            "-rw-r--r-- " + Examples + "selinux/README.md",
        ],
        ["guestctl"] =
        [
            "-rwxr-xr-x /usr/bin/guestctl",
            "-rw-r--r-- /usr/share/man/man1/guestctl.1.gz",
            "-rw-r--r-- /usr/share/bash-completion/completions/guestctl",
            "-rw-r--r-- -completions/_guestctl",
            "-rw-r--r-- /usr/share/fish/vendor_completions.d/guestctl.fish",
        ],
    };

    [Theory]
    [InlineData("guest-agent")]
    [InlineData("guestctl")]
    public async Task Both_kinds_have_all_files_with_their_modes(string package)
    {
        string deb = string.Join('\n', DebEntry().Matches(await RunAsync("dpkg-deb", "-c", Deb(package))).Select(Line));
        string rpm = await RunAsync("rpm", "-qp", "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\n]", Rpm(package));
        foreach (string file in Files[package])
        {
            string[] words = file.Split(' ');
            // Debian's tools compress what is long of the documents, and end directories with a slash.
            Assert.Matches($"(?m)^{words[0]} .*{Regex.Escape(words[1])}(\\.gz|/)?$", deb);
            Assert.Matches($"(?m)^{words[0]} .*{Regex.Escape(words[1].Replace("-completions", "site-functions", StringComparison.Ordinal))}$", rpm);
        }

        static string Line(Match entry) => $"{entry.Groups[1].Value} {entry.Groups[2].Value}";
    }

    [Fact]
    public async Task The_configuration_is_that_of_the_sources_and_the_administrators_from_then_on()
    {
        string source = await File.ReadAllTextAsync(
            SourceFile.Find("packaging", "config", "config.json"), TestContext.Current.CancellationToken);

        // dpkg would ask about a conffile that was edited, and fail where nobody answers.
        Assert.DoesNotContain(" conffiles", await RunAsync("dpkg-deb", "-I", Deb("guest-agent")), StringComparison.Ordinal);
        Assert.Equal(Configuration + "\n", await RunAsync("rpm", "-qp", "--configfiles", Rpm("guest-agent")));
        Assert.Equal(source, await ShellAsync($"dpkg-deb --fsys-tarfile '{Deb("guest-agent")}' | tar -xO .{Shipped}"));
        Assert.Equal(source, await ShellAsync($"cd / && rpm2archive - < '{Rpm("guest-agent")}' | tar -xzO .{Configuration}"));
    }

    [Theory]
    [InlineData("guest-agent")]
    [InlineData("guestctl")]
    public async Task All_are_of_one_version_and_the_symbols_are_those_of_the_program(string package)
    {
        string program = Path.Combine(Path.GetDirectoryName(AgentBinary.Path)!, package);
        string version = (await RunAsync(program, "--version")).Split([' ', '+', '\n'])[package == "guestctl" ? 0 : 1];
        string id = BuildId().Match(await RunAsync("readelf", "-n", program)).Groups[1].Value;

        Assert.Equal($"{version}-1\n", await RunAsync("dpkg-deb", "-f", Deb(package), "Version"));
        Assert.Equal($"{version}-1", await RunAsync("rpm", "-qp", "--queryformat", "%{VERSION}-%{RELEASE}", Rpm(package)));
        string symbols = $"/usr/lib/debug/.build-id/{id[..2]}/{id[2..]}.debug";
        Assert.Contains(symbols, await RunAsync("dpkg-deb", "-c", PackageBuild.Find(PackageBuild.Current, package + "-dbgsym_", "deb")), StringComparison.Ordinal);
        Assert.Contains(symbols, await RunAsync("rpm", "-qpl", PackageBuild.Find(PackageBuild.Current, package + "-debuginfo-", "rpm")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_manual_of_guestctl_names_every_verb_with_its_options()
    {
        string manual = await File.ReadAllTextAsync(
            SourceFile.Find("packaging", "man", "guestctl.1"), TestContext.Current.CancellationToken);
        // A verb with forms of its own has several.
        Dictionary<string, string> sections = VerbSection().Matches(manual)
            .GroupBy(section => section.Groups[1].Value, section => section.Value, StringComparer.Ordinal)
            .ToDictionary(forms => forms.Key, string.Concat, StringComparer.Ordinal);
        string summary = await RunAsync(Guestctl.Path, "--help");
        string[] verbs = [.. Verb().Matches(summary).Select(verb => verb.Groups[1].Value)];
        string[] common = [.. Option().Matches(summary).Select(Long)];

        // The one that shows the help of another is not in the summary.
        Assert.Equal(verbs.Append("help").Order(StringComparer.Ordinal), sections.Keys.Order(StringComparer.Ordinal));
        foreach (string verb in verbs)
        {
            foreach (Match option in Option().Matches(await RunAsync(Guestctl.Path, verb, "--help")))
            {
                string letter = option.Groups[1].Success ? $@"|\bFl [a-zA-Z0-9]*{option.Groups[1].Value}" : "";
                Assert.True(
                    common.Contains(Long(option)) || Regex.IsMatch(sections[verb], $@"\bFl Fl {Long(option)}\b{letter}"),
                    $"{verb}: {option.Value}");
            }
        }

        static string Long(Match option) => option.Groups[2].Value;
    }

    private static string Deb(string package) => PackageBuild.Find(PackageBuild.Current, package + "_", "deb");

    private static string Rpm(string package) => PackageBuild.Find(PackageBuild.Current, package + "-?.", "rpm");

    private static Task<string> ShellAsync(string line) => RunAsync("bash", "-o", "pipefail", "-c", line);

    private static Task<string> RunAsync(string program, params string[] arguments)
        => ProgramRun.OutputAsync(program, arguments);

    [GeneratedRegex(@"(?m)^(\S+) root/root +\d+ \S+ \S+ \.(/\S*)$")]
    private static partial Regex DebEntry();

    // What stands in the two columns of "guestctl --help" and of its verbs.
    [GeneratedRegex(@"(?m)^  (?:-([a-zA-Z0-9]), |-\?, (?:-h, )?)?(?:-\w, )?--([a-z-]+) ")]
    private static partial Regex Option();

    [GeneratedRegex(@"(?m)^  ([a-z]+)(?: <[^>]+>)* {2,}\S")]
    private static partial Regex Verb();

    [GeneratedRegex(@"(?ms)^\.It Ic ([a-z]+)\b.*?(?=^\.It Ic |^\.Sh )")]
    private static partial Regex VerbSection();

    [GeneratedRegex("Build ID: ([0-9a-f]{40})")]
    private static partial Regex BuildId();
}
