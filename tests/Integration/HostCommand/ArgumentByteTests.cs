using System.Diagnostics;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>Names and arguments that are not UTF-8: they are refused, and nothing else is taken for them.</summary>
public sealed class ArgumentByteTests : IDisposable
{
    private const int Usage = 64;
    private const int LeftOut = 65;

    // What a runtime makes of the wrong byte is a name of its own.
    private const string BothFiles = @"for d in $D $H; do echo wrong > $d/$'bad\xff'; echo right > $d/$'bad\xef\xbf\xbd'; done; ";

    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["commands"] = "any",
            ["read_paths"] = new JsonArray(_guest.Path),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    [Theory]
    [InlineData(@"rm $D/$'bad\xff'")]
    [InlineData(@"rm -f $D/$'bad\xff'")]
    [InlineData(@"cat $D/$'bad\xff'")]
    [InlineData(@"stat $D/$'bad\xff'")]
    [InlineData(@"ls $D/$'bad\xff'")]
    [InlineData(@"mkdir $D/$'new\xff'")]
    [InlineData(@"mv $D/$'bad\xff' $D/x")]
    [InlineData(@"mv $D/$'bad\xef\xbf\xbd' $D/$'x\xff'")]
    [InlineData(@"cp :$D/$'bad\xff' $H/x")]
    [InlineData(@"cp $H/$'bad\xff' :$D/x")]
    [InlineData(@"cp $H/$'bad\xef\xbf\xbd' :$D/$'x\xff'")]
    [InlineData(@"cp :$D/$'bad\xef\xbf\xbd' $H/$'x\xff'")]
    [InlineData(@"exec -- echo $'arg\xff'")]
    [InlineData(@"exec -- $'/bin/echo\xff'")]
    [InlineData(@"exec -e $'A=\xff' -- env")]
    [InlineData(@"exec -e $'\xffA=1' -- env")]
    [InlineData(@"exec --cwd $D/$'bad\xff' -- pwd")]
    [InlineData(@"exec --user $'ro\xffot' -- id")]
    [InlineData(@"exec --stdin=$H/$'bad\xff' -- cat")]
    [InlineData(@"exec -- echo $'\xc0\xaf'")]
    [InlineData(@"exec -- echo $'\xed\xa0\x80'")]
    [InlineData(@"exec -- echo $'\xf4\x90\x80\x80'")]
    [InlineData(@"exec -- echo $'cut\xe2\x82'")]
    [InlineData(@"--json exec -- echo $'arg\xff'")]
    [InlineData(@"call ping $'{\xff}'")]
    [InlineData(@"reboot -m $'\xff'")]
    [InlineData(@"-g $H/$'bad\xff' ping")]
    [InlineData(@"run -r sh $H/$'bad\xff'")]
    [InlineData(@"$'p\xffing'")]
    public async Task An_argument_that_is_not_utf8_is_refused_and_nothing_is_done(string arguments)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"{BothFiles} $G {arguments}");
        Assert.Equal(Usage, run.ExitCode);
        Assert.Contains("is not UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        ProgramRun rest = await Shell.RunAsync(agent, _guest, _host, @"cat $D/$'bad\xff' $D/$'bad\xef\xbf\xbd'; ls $D $H | wc -l");
        Assert.Equal("wrong\nright\n7\n", rest.Output);
    }

    [Theory]
    [InlineData(@"exec -- echo $'\xef\xbf\xbd'", "\uFFFD\n")]
    [InlineData(@"cat $D/$'bad\xef\xbf\xbd'", "right\n")]
    public async Task The_replacement_character_itself_is_a_character_as_any_other(string arguments, string output)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"{BothFiles} $G {arguments}");
        Assert.Equal((0, output, ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_variable_that_names_the_guest_is_looked_at_too()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, @"GUESTCTL_ENDPOINT=$H/$'bad\xff' $G ping");
        Assert.Equal(Usage, run.ExitCode);
        Assert.Contains(@"GUESTCTL_ENDPOINT is not UTF-8: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains(@"bad\377", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_a_tree_of_the_guest_are_left_out_with_a_code_of_their_own()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, BothFiles + @"$G cp -r :$D $H/copy; echo $?; ls -1 $H/copy | wc -l; cat $H/copy/*");
        Assert.Equal($"{LeftOut}\n1\nright\n", run.Output);
        Assert.EndsWith(@"/bad\377: left out: its name is not UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_a_tree_of_the_host_are_left_out_with_a_code_of_their_own()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, BothFiles + @"$G cp -r $H :$D/copy; echo $?; ls -1 $D/copy | wc -l; cat $D/copy/*");
        Assert.Equal($"{LeftOut}\n1\nright\n", run.Output);
        Assert.EndsWith(@"/bad\377: left out: its name is not UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"echo ok > p/$'a\xff'")]
    [InlineData(@"echo ok > p/$'a\xff'; echo ok > p/$'a\xef\xbf\xbd'")]
    [InlineData(@"mkdir p/$'a\xff'")]
    public async Task A_program_with_such_a_name_is_refused(string make)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"mkdir p; {make}; $G run -r sh p");
        Assert.Equal(Usage, run.ExitCode);
        Assert.Contains("is not UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"printf 'echo \xff' > p; $G run -r sh p")]
    [InlineData(@"printf '{\""a\"":\""\xff\""}' | $G call ping -")]
    public async Task Text_that_is_not_utf8_is_refused(string script)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, script);
        Assert.Equal(Usage, run.ExitCode);
        Assert.Contains("is not UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ls_escapes_what_it_cannot_show_so_that_no_two_names_look_the_same()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            @"cd $D; touch $'bad\xff' 'bad\377' $'bi\u202edi' $'n\nl' $'zero\u200b' 'zero' 'x\x2dy' $'esc\e[31m'; $G ls $D; $G ls -l $D | grep -c 'bad.*377'; $G ls --json $D");
        string[] lines = run.Output.Split('\n');
        Assert.Equal(
            [@"bad\\377", @"bad\377", @"bi\342\200\256di", @"esc\033[31m", @"n\nl", @"x\x2dy", "zero", @"zero\342\200\213", "2"], lines[..9]);
        Assert.Contains(@"bi\u202edi", lines[9], StringComparison.Ordinal);
        Assert.Contains(@"zero\u200b", lines[9], StringComparison.Ordinal);
        Assert.Equal("bi\u202edi", JsonNode.Parse(lines[9])!["entries"]![2]!["name"]!.GetValue<string>());
    }

    public void Dispose()
    {
        // The runtime cannot delete what it cannot name.
        using var removal = Process.Start("find", [_guest.Path, _host.Path, "-mindepth", "1", "-delete"]);
        removal.WaitForExit(TestTimeouts.Answer);
        _host.Dispose();
        _guest.Dispose();
    }
}
