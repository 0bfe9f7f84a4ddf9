using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>Keys in the session keyring in which the agent was started, as root's of a shell or a service are.</summary>
public sealed class KeyringTests
{
    // keyctl(2) and add_key(2) by number, as the C library has no functions for them.
    private const string Calls =
        """
        import ctypes, os, platform, sys
        call = ctypes.CDLL(None, use_errno=True).syscall
        add_key, keyctl = (217, 219) if platform.machine() == "aarch64" else (248, 250)
        session, join, search, read = ctypes.c_int(-3), 1, 10, 11

        """;

    private const string Start = Calls +
        """
        if call(keyctl, join, None) < 0 or call(add_key, b"user", b"agents", b"secret", 6, session) < 0: sys.exit("no keys here")
        os.execv(sys.argv[1], sys.argv[1:])
        """;

    // What it has itself put in its session keyring it finds there, which shows that it looks in the right way.
    private const string Look = Calls +
        """
        def find(name):
            key = call(keyctl, search, session, b"user", name, 0)
            if key < 0: return "none"
            text = ctypes.create_string_buffer(100)
            size = call(keyctl, read, key, text, 100)
            return text.raw[:size].decode() if size >= 0 else "unreadable"
        print(find(b"agents"))
        call(add_key, b"user", b"own", b"mine", 4, session)
        print(find(b"own"))
        """;

    private static readonly string[] Wrapper = ["python3", "-c", Start];

    [Theory]
    [InlineData("nobody")]
    [InlineData(null)]
    public async Task A_program_of_a_host_has_none_of_them(string? user)
    {
        await RequireKeysAsync();
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user, wrapper: Wrapper);

        Assert.Equal(["none", "mine"], await agent.LinesAsync(Look, "python"));
    }

    [Theory]
    [InlineData("nobody", "none")]
    [InlineData(null, "secret")]
    public async Task A_command_has_them_only_as_the_agents_own_user(string? user, string found)
    {
        await RequireKeysAsync();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand, wrapper: Wrapper);
        using RawClient client = await agent.ConnectAsync();

        string output = (await client.ExchangeAsync(
            Requests.Exec(1, "/usr/bin/python3", ["-c", Look], new() { ["user"] = user }))).Stdout();

        Assert.Equal($"{found}\nmine\n", output);
    }

    private static async Task RequireKeysAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become another user");
        ProgramRun run = await ProgramRun.StartAsync("python3", "-c", Start, "/bin/true");
        Assert.SkipUnless(run.ExitCode == 0, "this kernel, or a sandbox around the tests, has no keys");
    }
}
