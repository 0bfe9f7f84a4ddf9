using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>Hosts of the original system with their runtimes, with every confinement on: nothing that they know has changed.</summary>
public sealed class RuntimeTests
{
    private const int ManyLines = 100_000;

    [Theory]
    [InlineData("python", "for i in range(100000): print(i)")]
    [InlineData("node", "for (let i = 0; i < 100000; i++) console.log(i)")]
    public async Task A_hundred_thousand_lines_come_in_order(string runtime, string code)
    {
        await using ConfinedAgent agent = await StartAsync(runtime);

        Assert.Equal(Enumerable.Range(0, ManyLines).Select(i => $"{i}"), await agent.LinesAsync(code, runtime));
    }

    [Theory]
    [InlineData("python", "import sys\nprint(sys.stdin.read())\nsys.exit(7)")]
    [InlineData("node", "console.log(require('fs').readFileSync(0, 'utf8')); process.exit(7)")]
    public async Task Input_and_exit_code_pass_through(string runtime, string code)
    {
        await using ConfinedAgent agent = await StartAsync(runtime);
        JsonObject request = WorkloadAgent.Script(code, 60, runtime);
        request["input"] = Convert.ToBase64String("given"u8);

        (List<string> lines, JsonObject response) = await OriginalHost.RunAsync(agent.Running.SocketPath, request);

        Assert.Equal(["given"], lines);
        Assert.Equal("""{"exit_code":7,"output":"given\n"}""", response.ToJsonString());
    }

    [Theory]
    [InlineData("python", "import time\nprint('begun', flush=True)\ntime.sleep(1000)")]
    [InlineData("node", "console.log('begun'); setInterval(() => {}, 1000)")]
    public async Task A_time_limit_ends_it_and_what_was_written_comes_back(string runtime, string code)
    {
        await using ConfinedAgent agent = await StartAsync(runtime);

        (_, JsonObject response) = await agent.RunAsync(code, runtime, seconds: 5);

        Assert.Equal("begun\n", response["output"]!.GetValue<string>());
        Assert.Equal("The program exceeded its time limit, the request's timeout_seconds: 5 s.", response["error"]!.GetValue<string>());
        Assert.Empty(Directory.GetFileSystemEntries(agent.Place["work"]));
    }

    [Fact]
    public async Task Python_has_what_its_library_expects_of_a_system()
    {
        await using ConfinedAgent agent = await StartAsync("python");

        List<string> lines = await agent.LinesAsync(
            """
            import multiprocessing, os, pty, socket, subprocess, tempfile
            def double(n): return 2 * n
            if __name__ == "__main__":
                with tempfile.NamedTemporaryFile() as file: print(file.name.startswith("/tmp/"))
                with multiprocessing.Pool(2) as pool: print(pool.map(double, [1, 2, 3]))
                print(subprocess.run(["cat", "/proc/self/comm"], capture_output=True).stdout)
                print(len(os.urandom(8)), os.path.exists("/proc/self/fd/0"))
                master, slave = pty.openpty(); os.write(slave, b"x"); print(os.read(master, 1))
                server = socket.socket(socket.AF_UNIX); server.bind("own.sock"); print("bound")
            """,
            "python");

        Assert.Equal(["True", "[2, 4, 6]", "b'cat\\n'", "8 True", "b'x'", "bound"], lines);
    }

    [Fact]
    public async Task Node_has_what_its_library_expects_of_a_system()
    {
        await using ConfinedAgent agent = await StartAsync("node");

        List<string> lines = await agent.LinesAsync(
            """
            const fs = require('fs'), os = require('os'), path = require('path');
            const { execFileSync } = require('child_process');
            const { Worker } = require('worker_threads');
            const made = fs.mkdtempSync(path.join(os.tmpdir(), 'x-'));
            fs.writeFileSync(path.join(made, 'file'), 'written');
            console.log(fs.readFileSync(path.join(made, 'file'), 'utf8'));
            console.log(execFileSync('cat', ['/proc/self/comm']).toString().trim());
            console.log(require('crypto').randomBytes(8).length);
            new Worker("require('worker_threads').parentPort.postMessage(6 * 7)", { eval: true }).on('message', n => console.log(n));
            """,
            "node");

        Assert.Equal(["written", "cat", "8", "42"], lines);
    }

    private static async Task<ConfinedAgent> StartAsync(string runtime)
    {
        string program = runtime == "node" ? "/usr/bin/node" : "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(program), $"there is no {program}");
        return await ConfinedAgent.StartAsync("nobody", new() { ["confinement"] = "required" });
    }
}
