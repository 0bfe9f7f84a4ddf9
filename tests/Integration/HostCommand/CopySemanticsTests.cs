using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl cp</c> beside cp(1): what is where afterwards, with which permissions and times, in both directions.</summary>
public sealed class CopySemanticsTests : IDisposable
{
    private const string Tree = """
        umask 022; mkdir -p $H/s/private/deep $H/s/open $H/s/empty; cd $H/s
        for m in 0600 0644 0755 0000 0444 0777 0640 0111; do echo $m > f$m; chmod $m f$m; done
        echo x > private/key; chmod 0600 private/key; echo y > private/deep/y; echo 'z z' > 'open/sp ace ü'
        ln -s f0644 link; ln -s /etc/hostname absolute; ln -s nowhere dangling; ln -s private dirlink; ln -s ../f0644 open/up
        touch -d '2001-02-03 04:05:06.123456789' f0600 f0644; touch -d '1969-12-31 23:59:58.000000001' f0755; touch -h -d '2002-02-02 02:02:02.5' link
        chmod 0700 private; chmod 1777 open; chmod 0500 private/deep; chmod 0750 empty
        touch -d '1999-09-09 09:09:09.999999999' private/deep private empty open .; cd $H
        """;

    private const int NoInput = 66;
    private const int LeftOut = 65;
    private const int InTheWay = 73;
    private const int OutputError = 74;
    private const int Usage = 64;

    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["read_paths"] = new JsonArray(_guest.Path, _host.Path, "/etc/hostname"),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    public static TheoryData<string, string, bool> Flags()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (string flags in (string[])["-r", "-rp", "-a", "-rL", "-rpL"])
        {
            foreach (string umask in (string[])["022", "077", "002", "027"])
            {
                data.Add(flags, umask, true);
                data.Add(flags, umask, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task A_tree_is_as_cp_makes_it(string flags, string umask, bool toGuest)
    {
        bool keeps = flags.Contains('p', StringComparison.Ordinal) || flags.Contains('a', StringComparison.Ordinal);
        string show = $"find . -printf '%P|%y|%l|%s|' \\( ! -type l -printf '%m|' -o -true \\) {(keeps ? "-printf '%T@' " : "")}-printf '\\n' | sed 's/|d|\\(.*\\)|[0-9]*|/|d|\\1||/' | sort";
        // With -L both meet a link that leads nowhere, and go on.
        string copy = toGuest ? $"$G cp {flags} $H/s :$D/t" : $"$G cp {flags} :$H/s $H/t";
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            $"{Tree}\numask {umask}; cp {flags} s want 2>/dev/null; {copy} 2>err; code=$?; (cd want; {show}) > a; (cd {(toGuest ? "$D/t" : "t")}; {show}) > b; diff a b; cat err; exit $code");
        bool followed = flags.Contains('L', StringComparison.Ordinal);
        Assert.Equal(followed ? NoInput : 0, run.ExitCode);
        Assert.Equal(followed ? 1 : 0, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData(true, "", "600 0 644 644 755 755 400 644")]
    [InlineData(false, "", "600 0 644 644 755 755 400 644")]
    [InlineData(true, "-p", "600 0 644 666 777 755 400 1644")]
    [InlineData(false, "-p", "600 0 644 666 777 755 400 1644")]
    public async Task Single_files_get_the_bits_of_the_source_less_the_umask(bool toGuest, string flags, string permissions)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        string to = toGuest ? $"$G cp {flags} f :$D/$m" : $"$G cp {flags} :$H/f $H/$m";
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            $"umask 022; for m in 0600 0000 0644 0666 0777 0755 0400 1644; do echo x > f; chmod $m f; {to} || exit; stat -c %a {(toGuest ? "$D" : "$H")}/$m; rm -f $D/$m $H/$m f; done");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(permissions, run.Output.TrimEnd().ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("umask 077; echo x | $G cp - :$D/x; stat -c %a $D/x", "600")]
    [InlineData("umask 022; echo x | $G cp - :$D/x; stat -c %a $D/x", "644")]
    [InlineData("echo y > $D/x; chmod 604 $D/x; echo x | $G cp - :$D/x; stat -c %a $D/x", "604")]
    [InlineData("echo y > $D/x; chmod 604 $D/x; echo x > f; chmod 755 f; $G cp f :$D/x; stat -c %a $D/x", "604")]
    [InlineData("echo y > $D/x; chmod 604 $D/x; echo x > f; chmod 755 f; $G cp -p f :$D/x; stat -c %a $D/x", "755")]
    [InlineData("mkdir -p t/d; echo x > t/d/f; mkdir -p $D/t/d; chmod 711 $D/t $D/t/d; $G cp -r t :$D; stat -c %a $D/t $D/t/d | uniq", "711")]
    [InlineData("mkdir -p t/d; chmod 750 t t/d; mkdir -p $D/t/d; $G cp -a t :$D; stat -c %a $D/t $D/t/d | uniq", "750")]
    [InlineData("echo x > $D/k; chmod 4755 $D/k; $G cp -p :$D/k k; stat -c %a k", "755")]
    [InlineData("echo x > k; chmod 6755 k; $G cp -p k :$D/k; stat -c %a $D/k", "755")]
    public async Task Permissions_are_as_the_manual_says(string script, string permissions)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, script);
        Assert.Equal((permissions + "\n", ""), (run.Output, run.Error));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_private_directory_is_private_from_its_first_moment_and_after_an_interruption(bool toGuest)
    {
        string copy = toGuest ? "$G cp -a $H/s :$D/t" : "$G cp -a :$H/s $D/t";
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        // The file is long enough that the copy is not complete when its directory is seen, and has no hole, which takes no time.
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            $"umask 022; mkdir -m 700 s; mkdir -m 700 s/d; head -c 500000000 /dev/zero > s/d/f; chmod 600 s/d/f; {copy} & until [ -e $D/t/d ]; do :; done; stat -c %a $D/t $D/t/d; kill -KILL $! 2>/dev/null; wait $! 2>/dev/null; stat -c %a $D/t $D/t/d; find $D/t -type f -perm /077");
        Assert.Equal(("700 700 700 700", ""), (run.Output.TrimEnd().ReplaceLineEndings(" "), run.Error));
    }

    [Fact]
    public async Task Root_keeps_owners_with_a_by_name_or_number()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files away");
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            "mkdir s; touch s/a s/b; chown daemon:mail s/a; chown 54321:65000 s/b; chown nobody s; ln -s x s/l; chown -h daemon s/l; " +
            "$G cp -a s :$D/t && $G cp -a :$D/t $H/u && $G cp -rp :$D/t $H/v && for d in $D/t u v; do stat -c %U:%G $d $d/a; stat -c %u:%g $d/b; done; $G cp -a :$H/s w; stat -c %U w/l; stat -c %u $D/t/l");
        string kept = "nobody:root daemon:mail 54321:65000";
        Assert.Equal(
            ($"{kept} {kept} root:root root:root 0:0 daemon 65534", ""), (run.Output.TrimEnd().ReplaceLineEndings(" "), run.Error));
    }

    [Theory]
    [InlineData(0, "$G cp -r $S/s $T/new/", "new/f new/g")]
    [InlineData(0, "$G cp -r $S/s $T/new", "new/f new/g")]
    [InlineData(0, "$G cp -r $S/s $T/old/", "old/s/f old/s/g")]
    [InlineData(0, "$G cp -r $S/s $T/old", "old/s/f old/s/g")]
    [InlineData(0, "$G cp -r $S/s/ $T/old", "old/s/f old/s/g")]
    [InlineData(0, "$G cp -r $S/s/. $T/old", "old/f old/g")]
    [InlineData(0, "$G cp -r $S/s/. $T/new", "new/f new/g")]
    [InlineData(0, "$G cp -r $S/s $T/dirlink", "old/s/f old/s/g")]
    [InlineData(0, "$G cp $S/s/f $T/new", "new")]
    [InlineData(0, "$G cp $S/s/f $T/old/", "old/f")]
    [InlineData(0, "$G cp $S/s/f $T/old", "old/f")]
    [InlineData(0, "$G cp $S/s/f $T/dirlink", "old/f")]
    [InlineData(0, "$G cp $S/s/f $T/filelink", "file")]
    [InlineData(0, "$G cp $S/s/f $S/s/g $T/old", "old/f old/g")]
    [InlineData(0, "$G cp -r $S/s/f $S/s $T/old/", "old/f old/s/f old/s/g")]
    [InlineData(-1, "$G cp $S/s/f $T/new/", "")]
    [InlineData(-1, "$G cp $S/s/f $T/no/such", "")]
    [InlineData(-1, "$G cp -r $S/s $T/file", "")]
    [InlineData(-1, "$G cp -r $S/s $T/filelink", "")]
    [InlineData(-1, "$G cp $S/s/f $T/dangling", "")]
    [InlineData(-1, "$G cp -r $S/s $T/dangling", "")]
    [InlineData(-1, "ln -s ../file $t/old/f; $G cp $S/s/f $T/old", "")]
    [InlineData(-1, "ln -s ../file $t/old/s; $G cp -r $S/s $T/old", "")]
    [InlineData(-1, "ln -s . $t/old/s; $G cp -r $S/s $T/old", "")]
    [InlineData(-1, "mkdir $t/old/s; ln -s ../../file $t/old/s/f; $G cp -r $S/s $T/old", "old/s/g")]
    [InlineData(Usage, "$G cp $S/s $T/new", "")]
    [InlineData(Usage, "$G cp $S/s/f $S/s/g $T/new", "")]
    [InlineData(Usage, "$G cp $S/s/f $S/s/g $T/file", "")]
    public async Task Both_directions_follow_one_rule(int code, string script, string files)
    {
        const string Prepare =
            "mkdir -p $s/s $t/old; echo new > $s/s/f; echo new > $s/s/g; echo old > $t/file; ln -s old $t/dirlink; ln -s file $t/filelink; ln -s nowhere $t/dangling; ";
        const string Find = "; code=$?; cd $t; for f in $(find . -type f -printf '%P\\n' | sort); do grep -lx new $f; done; ls -d nowhere 2>/dev/null; exit $code";
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun up = await Shell.RunAsync(
            agent, _guest, _host, $"s=$H/1 t=$D/1 S=$H/1 T=:$D/1; {Prepare}{script}{Find}");
        ProgramRun down = await Shell.RunAsync(
            agent, _guest, _host, $"s=$D/2 t=$H/2 S=:$D/2 T=$H/2; {Prepare}{script}{Find}");
        foreach (ProgramRun run in (ProgramRun[])[up, down])
        {
            Assert.Equal(files, run.Output.TrimEnd().ReplaceLineEndings(" "));
            Assert.True(code < 0 ? run.ExitCode is NoInput or InTheWay or OutputError : run.ExitCode == code, run.ToString());
            Assert.Equal(code == 0, run.Error.Length == 0);
        }
    }

    [Fact]
    public async Task A_link_in_a_tree_is_copied_and_what_is_left_out_has_a_code_of_its_own()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            "mkdir s; ln -s /etc/shadow s/l; mkfifo s/p; $G --json cp -r s :$D/t; echo $?; readlink $D/t/l; $G cp -r :$D/t u; echo $?; readlink u/l; mkfifo $D/t/p; $G cp -r :$D/t v; echo $?");
        string[] lines = run.Output.Split('\n');
        JsonObject report = JsonNode.Parse(lines[0])!.AsObject();
        Assert.Equal((1, 1, 0), (report.Number("links"), report.Number("skipped"), report.Number("failed")));
        Assert.Equal([$"{LeftOut}", "/etc/shadow", "0", "/etc/shadow", $"{LeftOut}", ""], lines[1..]);
        Assert.Equal(2, run.ErrorLines.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Links_that_are_followed_in_a_circle_end(bool toGuest)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            $"mkdir -p s/a/b; echo x > s/f; ln -s ../.. s/a/b/top; ln -s a s/again; {(toGuest ? "$G cp -rL s :$D/t; echo $?; cd $D/t" : "$G cp -rL :$H/s t; echo $?; cd t")}; find . | sort | tr '\\n' ' '");
        Assert.Equal($"{LeftOut}\n. ./a ./a/b ./again ./again/b ./f ", run.Output);
        Assert.Equal(2, run.ErrorLines.Count);
    }

    [Fact]
    public async Task A_link_that_a_host_makes_is_not_followed_by_the_policy()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give links away");
        Directory.CreateDirectory(_guest["in"]);
        Directory.CreateDirectory(_guest["out"]);
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject { ["write_paths"] = new JsonArray(_guest["in"], _guest["in/way"]) },
        });
        ProgramRun run = await Shell.RunAsync(
            agent, _guest, _host, "mkdir s; ln -s $D/out s/way; $G cp -r s/. :$D/in; echo $?; readlink $D/in/way; echo x | $G cp - :$D/in/way/f; echo $?; ls $D/out");
        Assert.Equal($"0\n{_guest["out"]}\n77\n", run.Output);
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

}
