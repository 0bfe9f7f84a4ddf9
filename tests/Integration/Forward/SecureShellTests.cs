using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary>
/// OpenSSH's own server, reached by <c>guestctl forward --stdio</c> as its ProxyCommand: with a key, a file of users and a
/// configuration of its own.
/// </summary>
public sealed class SecureShellTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ssh_scp_and_rsync_work_over_the_channel()
    {
        using var place = new TemporaryDirectory();
        int port = FreePort();
        await PrepareAsync(place, port);
        using Process server = Process.Start(
            "/usr/bin/unshare",
            [
                "-m", "--propagation", "private", "sh", "-c",
                $"mount --bind {place["passwd"]} /etc/passwd && exec /usr/sbin/sshd -D -e -f {place["server"]}",
            ]);
        try
        {
            await using RunningAgent agent =
                await RunningAgent.StartAsync(ForwardConfig.With([string.Create(CultureInfo.InvariantCulture, $"localhost:{port}")], []));
            await File.AppendAllTextAsync(
                place["client"], $"ProxyCommand {Guestctl.Path} -g {agent.SocketPath} forward --stdio localhost:{port}\n", cancellationToken: Cancel);
            await Bounded.UntilAsync(() => Listens(port), () => "sshd to listen");

            ProgramRun ssh = await RunAsync("/usr/bin/ssh", "-F", place["client"], "guest", "echo over ssh; cat; exit 3");
            Assert.Equal((3, "over ssh\n"), (ssh.ExitCode, ssh.Output));

            byte[] content = LoopbackServer.Bytes(5_000_000);
            await File.WriteAllBytesAsync(place["file"], content, cancellationToken: Cancel);
            Assert.Equal(0, (await RunAsync("/usr/bin/scp", "-q", "-F", place["client"], place["file"], $"guest:{place["copied"]}")).ExitCode);
            Assert.Equal(content, await File.ReadAllBytesAsync(place["copied"], cancellationToken: Cancel));

            Directory.CreateDirectory(place["tree"]);
            await File.WriteAllBytesAsync(Path.Combine(place["tree"], "a"), content, cancellationToken: Cancel);
            ProgramRun rsync = await RunAsync(
                "/usr/bin/rsync", "-a", "-e", $"/usr/bin/ssh -F {place["client"]}", $"guest:{place["tree"]}/", place["synced"]);
            Assert.Equal((0, ""), (rsync.ExitCode, rsync.Error));
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(place["synced"], "a"), cancellationToken: Cancel));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(new CancellationTokenSource(TestTimeouts.Answer).Token);
        }
    }

    private static async Task PrepareAsync(TemporaryDirectory place, int port)
    {
        foreach (string key in (string[])["host", "key"])
        {
            await ProgramRun.OutputAsync("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place[key]);
        }

        // Nobody's shell is changed: root's may be one that prints something.
        await File.WriteAllLinesAsync(
            place["passwd"],
            (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken: Cancel)).Select(line => line.StartsWith("root:", StringComparison.Ordinal)
                ? line[..(line.LastIndexOf(':') + 1)] + "/bin/sh"
                : line));
        Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(
            place["server"],
            $"""
            Port {port.ToString(CultureInfo.InvariantCulture)}
            ListenAddress 127.0.0.1
            HostKey {place["host"]}
            AuthorizedKeysFile {place["key.pub"]}
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            Subsystem sftp internal-sftp

            """);
        await File.WriteAllTextAsync(
            place["client"],
            $"""
            Host guest
            User root
            IdentityFile {place["key"]}
            IdentitiesOnly yes
            UserKnownHostsFile /dev/null
            StrictHostKeyChecking no
            LogLevel ERROR

            """);
    }

    private static Task<ProgramRun> RunAsync(string program, params string[] arguments) =>
        ProgramRun.RunAsync(Cli.Wrap(program).WithArguments(arguments), TestTimeouts.Build);

    private static bool Listens(int port)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            // Not yet.
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
