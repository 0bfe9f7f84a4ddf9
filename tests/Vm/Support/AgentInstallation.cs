using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Builds the directories that bring the agent into a VM.</summary>
internal static class AgentInstallation
{
    /// <summary>Port that the agent serves.</summary>
    public const string Port = "org.guestagent.0";

    /// <summary>Where hosts may read and write files.</summary>
    public const string Tree = "/srv/lab";

    /// <summary>Name of the systemd unit.</summary>
    public const string Unit = "guest-agent";

    /// <summary>Where the agent of a micro VM writes its log.</summary>
    public const string MicroLog = "/tmp/agent.log";

    private const string InstallService = """
        set -e
        install -m755 guest-agent /usr/local/bin/guest-agent
        install -D -m644 config.json /etc/guest-agent/config.json
        install -m644 guest-agent.service /etc/systemd/system/guest-agent.service
        systemctl daemon-reload
        systemctl start guest-agent
        systemctl enable --quiet guest-agent
        """;

    // An agent that is killed is back at once, as often as a test likes.
    private const string ServiceText = """
        [Unit]
        Description=Guest agent under test
        StartLimitIntervalSec=0
        [Service]
        Type=notify
        ExecStart=/usr/local/bin/guest-agent
        ExecReload=/bin/kill -HUP $MAINPID
        ExecStopPost=/bin/sh -c 'echo "$SERVICE_RESULT $EXIT_STATUS" >> /var/lib/guest-agent.ends'
        WatchdogSec=60
        Restart=always
        RestartSec=100ms
        Delegate=yes
        [Install]
        WantedBy=multi-user.target
        """;

    /// <summary>For Debian: a systemd service, started and enabled.</summary>
    /// <param name="configuration">Its configuration; one port that allows everything, but of files only <see cref="Tree"/>, when null.</param>
    public static InjectDirectory Service(string? configuration = null)
    {
        InjectDirectory directory = Files(InstallService, configuration);
        File.WriteAllText(Path.Combine(directory.Path, Unit + ".service"), ServiceText + "\n");
        return directory;
    }

    /// <summary>For a micro VM: a process in the background.</summary>
    /// <param name="before">A shell line that runs before, and may wait for the test.</param>
    /// <param name="more">A shell line that runs before the boot goes on.</param>
    /// <param name="configuration">As for <see cref="Service"/>.</param>
    public static InjectDirectory Process(string before, string more = "true", string? configuration = null) => Files(
        $"""
        umask 022
        {more}
        ({before}; exec /mnt/inject/guest-agent --config /mnt/inject/config.json) > {MicroLog} 2>&1 &
        """,
        configuration);

    /// <summary>For a bare VM: the agent, its configuration, and the packaged inittab.</summary>
    /// <param name="script">What runs as process 1.</param>
    /// <param name="program">The agent; this machine's when null.</param>
    public static InjectDirectory Bare(string script, string? program = null)
    {
        InjectDirectory directory = Files(script, program: program);
        directory.Add(SourceFile.Find("packaging", "busybox", "inittab"), "inittab");
        return directory;
    }

    private static InjectDirectory Files(string runScript, string? configuration = null, string? program = null)
    {
        InjectDirectory directory = new(runScript);
        directory.Add(program ?? AgentBinary.Path, "guest-agent");
        File.WriteAllText(Path.Combine(directory.Path, "config.json"), configuration ?? Configuration());
        return directory;
    }

    private static string Configuration() => $$"""
        {
          "listeners": [{"transport": "virtio-serial", "port": "{{Port}}", "dialect": "jsonrpc"}],
          "policy": {
            "commands": "any",
            "runtimes": {"sh": {"command": "/bin/sh", "file": "main.sh"} },
            "read_paths": ["/etc/os-release", "/proc/kmsg", "{{Tree}}"],
            "write_paths": ["{{Tree}}"],
            "list_processes": true,
            "signal_processes": true,
            "set_time": true,
            "power": true
          }
        }
        """;
}
