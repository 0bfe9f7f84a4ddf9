using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Operations;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

/// <summary>Whatever a host sends, and wherever it breaks off, what was counted for it is given back.</summary>
public sealed class ConversationMemoryTests : IDisposable
{
    private static readonly string Padding = new(' ', 200_000);

    private static readonly string[] Lines =
    [
        """{"jsonrpc":"2.0","id":1,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":2,"method":"ping","params":{"x":1}}""" + Padding,
        """{"jsonrpc":"2.0","id":3,"method":"file_read","params":{"path":"/proc/self/status"}}""",
        """{"jsonrpc":"2.0","id":4,"method":"file_read","params":{"path":"/dev/null"}}""" + Padding,
        """{"jsonrpc":"2.0","id":5,"method":"exec_command","params":{"command":"/bin/sleep","args":["60"],"stdin":"STDIN"}}"""
            .Replace("STDIN", new string('s', 300_000), StringComparison.Ordinal),
        """{"jsonrpc":"2.0","id":6,"method":"exec_command","params":{"command":"/bin/cat","args":[ARGS]}}"""
            .Replace("ARGS", string.Join(',', Enumerable.Repeat("\"a\"", 50_000)), StringComparison.Ordinal),
        """[{"jsonrpc":"2.0","id":7,"method":"ping"},{"jsonrpc":"2.0","id":8,"method":"exec_command","params":{"command":"/bin/sleep","args":["60"]}}]""",
        """[{"jsonrpc":"2.0","method":"ping"},7,{"jsonrpc":"2.0","id":9,"method":"get_system_info"}]""",
        """{"jsonrpc":"2.0","id":10,"method":"hello","params":{"session":"s"}}""",
        """{"jsonrpc":"2.0","id":11,"method":"cancel","params":{"id":5}}""",
        """{"jsonrpc":"2.0","id":12,"method":"file_list","params":{"path":"/proc/self/fd"}}""",
        """{"jsonrpc":"2.0","id":13,"method":"process_list"}""",
        """{"jsonrpc":"2.0","id":14,"method":"file_hash","params":{"path":"/proc/self/status"}}""",
        "}" + Padding,
        new string('x', 2_500_000),
    ];

    private readonly IdleOperations _operations = new();
    private readonly Dispatcher _dispatcher;
    private readonly ListenerProfile _profile;

    public ConversationMemoryTests()
    {
        OperationParts parts = _operations.Parts;
        parts.Settings.Replace(new AgentSettings(
            [],
            new PolicySettings { Commands = new CommandRules(null), ReadPaths = ["/proc", "/dev"], ListProcesses = true },
            new LimitSettings(MaxMessageBytes: 2_000_000, KillGraceSeconds: 0, DrainSeconds: 0)));
        var audit = new AuditLog(NullLogger<AuditLog>.Instance, TimeProvider.System);
        var review = new PolicyReview(parts.Settings, audit, parts.Ongoing, parts.Uploads);
        _dispatcher = new Dispatcher(
            _operations.Catalog, audit, parts.Settings, parts.Ongoing, review, TimeProvider.System);
        _profile = new ListenerProfile(
            new UnixListenerSettings("/run/a.sock", "jsonrpc"),
            parts.Settings,
            parts.Identity,
            JsonRpcDialect.Traits);
    }

    [Theory]
    [InlineData(16 << 20)]
    [InlineData(2 << 20)]
    [InlineData(512 << 10)]
    public void All_is_given_back_when_the_host_goes_after_any_byte(int budget) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(Gen.Elements(Lines).ArrayOf(6).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), async (lines, percent) =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
                await TalkAsync(budget, bytes.AsMemory(0, (int)((long)bytes.Length * percent / 100)), reads: percent % 2 == 0);
            }));

    public void Dispose() => _operations.Dispose();

    private async Task TalkAsync(int bytes, ReadOnlyMemory<byte> sent, bool reads)
    {
        var budget = new MemoryBudget(() => new MemoryLimits(bytes, 2), TimeProvider.System);
        MemoryShare share = budget.OpenShare();
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: reads ? 0 : 4096, resumeWriterThreshold: reads ? 0 : 1));
        var connection = new DefaultConnectionContext { Transport = new Duplex(input.Reader, output.Writer) };
        var conversation = new JsonRpcConversation(connection, _profile, _dispatcher, share, NullLogger.Instance);
        Task talking = conversation.RunAsync();
        for (; !sent.IsEmpty; sent = sent[Math.Min(sent.Length, 50_000)..])
        {
            await input.Writer.WriteAsync(sent[..Math.Min(sent.Length, 50_000)], TestContext.Current.CancellationToken);
        }

        await input.Writer.CompleteAsync(new ConnectionResetException("gone"));
        await talking.WaitAsync(TestTimeouts.Bulk, TestContext.Current.CancellationToken);
        await output.Reader.CompleteAsync();

        // What was being written when the host went is given back by the writer.
        await Testing.Bounded.UntilAsync(() => share.Held == 0, () => $"{share.Held} bytes to be given back");
        Assert.Equal(0, budget.Used);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
