using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GuestAgent.Benchmarks.Linux;

namespace GuestAgent.Benchmarks.Rivals;

/// <summary>
/// Is what many would use instead: OpenSSH over loopback, with a connection that is open already (ControlMaster) and a user whose
/// shell is /bin/sh, in keys and files of its own.
/// </summary>
internal sealed class SecureShell : IAsyncDisposable
{
    /// <summary>The host's name in its own configuration.</summary>
    public const string Host = "guest";

    private const string Ssh = "/usr/bin/ssh";
    private const string Copy = "/usr/bin/scp";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory;
    private readonly SilentProcess _server;
    private readonly SilentProcess _master;

    private SecureShell(DirectoryInfo directory, SilentProcess server, SilentProcess master)
    {
        _directory = directory;
        _server = server;
        _master = master;
    }

    private string Configuration => Path.Combine(_directory.FullName, "client");

    /// <summary>Starts server and master connection.</summary>
    public static async Task<SecureShell> StartAsync()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("guest-agent-bench-");
        string root = directory.FullName;
        int port = FreePort();
        await ShellAsync($$"""
            set -e
            cd {{root}}
            ssh-keygen -q -t ed25519 -N '' -f host
            ssh-keygen -q -t ed25519 -N '' -f key
            sed 's#^root:\(.*\):[^:]*$#root:\1:/bin/sh#' /etc/passwd > passwd
            mkdir -p /run/sshd
            cat > server <<END
            Port {{Text(port)}}
            ListenAddress 127.0.0.1
            HostKey {{root}}/host
            AuthorizedKeysFile {{root}}/key.pub
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            Subsystem sftp internal-sftp
            END
            cat > client <<END
            Host {{Host}}
            HostName 127.0.0.1
            Port {{Text(port)}}
            User root
            IdentityFile {{root}}/key
            UserKnownHostsFile /dev/null
            StrictHostKeyChecking no
            LogLevel ERROR
            ControlPath {{root}}/master
            END
            """);
        // Its own /etc/passwd: nobody's shell is changed.
        SilentProcess server = SilentProcess.Start(
            "/usr/bin/unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind {root}/passwd /etc/passwd && exec /usr/sbin/sshd -D -f {root}/server");
        await ShellAsync($"until ssh -F {root}/client {Host} true 2> {root}/log; do sleep 0.1; done");
        SecureShell shell = new(directory, server, SilentProcess.Start(Ssh, "-F", $"{root}/client", "-MN", Host));
        await ShellAsync($"until ssh -F {root}/client -O check {Host} 2> {root}/log; do sleep 0.1; done");
        return shell;
    }

    /// <summary>Runs a command line through the master connection.</summary>
    public void Run(string command) => SilentProcess.Run(Ssh, "-F", Configuration, Host, command);

    /// <summary>Copies; a path on the other side is <c>guest:/path</c>.</summary>
    public void CopyFile(string from, string to) => SilentProcess.Run(Copy, "-q", "-F", Configuration, from, to);

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task ShellAsync(string script)
    {
        using CancellationTokenSource limit = new(StartLimit);
        using Process shell = Process.Start("/bin/bash", ["-c", script]);
        await shell.WaitForExitAsync(limit.Token);
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException("OpenSSH cannot be set up");
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
