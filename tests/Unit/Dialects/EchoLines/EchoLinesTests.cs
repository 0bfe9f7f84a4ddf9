using System.Text;
using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Linux.Io;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Operations;
using GuestAgent.Transports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.EchoLines;

/// <summary>
/// What docs/adding-a-dialect.md says is enough: two files and one line, and the dialect has the agent's transports, policy, limits
/// and operations.
/// </summary>
public sealed class EchoLinesTests : IAsyncLifetime
{
    private static readonly DialectTable Table = new(
        new DialectEntry("echo-lines", EchoLinesDialect.Traits, p => new EchoLinesDialect(p)));

    private readonly TemporaryDirectory _directory = new();
    private readonly IdleOperations _operations = new();
    private readonly EpollLoop _loop = new();
    private ConnectionHost? _connections;

    private string Socket => _directory["agent.sock"];

    public async ValueTask InitializeAsync()
    {
        LiveSettings live = _operations.Parts.Settings;
        live.Replace(Configuration("""[{"path": "/bin/echo"}]"""));
        var audit = new AuditLog(NullLogger<AuditLog>.Instance, TimeProvider.System);
        var review = new PolicyReview(live, audit, _operations.Parts.Ongoing, _operations.Parts.Uploads);
        var dispatcher = new Dispatcher(
            _operations.Catalog, audit, live, _operations.Parts.Ongoing, review, TimeProvider.System);
        var parts = new DialectParts(
            dispatcher, new MemoryBudget(() => live.Current.Limits.Memory, TimeProvider.System), NullLoggerFactory.Instance);
        _connections = new ConnectionHost(
            live,
            listener =>
            {
                DialectEntry entry = Table[listener.Dialect];
                IDialect dialect = entry.Build(parts);
                var profile = new ListenerProfile(listener, live, _operations.Parts.Identity, entry.Traits);
                return connection => dialect.ServeAsync(connection, profile);
            },
            new ListenerTable(live, _loop, TimeProvider.System, NullLoggerFactory.Instance),
            TimeProvider.System,
            NullLogger<ConnectionHost>.Instance);
        await _connections.StartAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Lines_come_back_in_order_as_the_guest_prints_them()
    {
        using RawClient host = await RawClient.ConnectAsync(Socket);
        await host.SendBytesAsync("one\ntwo  \u00e9\n\n$HOME; ls\nbroken off"u8.ToArray());

        Assert.Equal(
            ["one", "two  \u00e9", "", "$HOME; ls"], await ReadAsync(host, lines: 4));
    }

    [Fact]
    public async Task The_policy_in_force_decides_about_each_line()
    {
        using RawClient host = await RawClient.ConnectAsync(Socket);
        await host.SendAsync("one");
        string? before = await host.ReadLineAsync();
        _operations.Parts.Settings.Replace(Configuration("[]"));
        await host.SendAsync("two");

        Assert.Equal("one", before);
        Assert.StartsWith("error: ", await host.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_over_the_limit_is_refused_and_the_next_one_answered()
    {
        using RawClient host = await RawClient.ConnectAsync(Socket);
        await host.SendAsync(new string('x', 70_000));
        await host.SendAsync("short");

        Assert.Equal(["error: the line is too long", "short"], await ReadAsync(host, lines: 2));
    }

    [Fact]
    public void A_configuration_that_names_it_is_right_only_where_it_is_in_the_table()
    {
        SettingsException e = Assert.Throws<SettingsException>(() => Parse("[]", DialectTable.Default));
        Assert.Contains(
            e.Faults, fault => fault.ToString().Contains("listeners[0].dialect: is unknown", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_shows_the_files_as_they_are()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "adding-a-dialect.md"));
        string folder = Path.Combine(Repository.Root, "tests", "Unit", "Dialects", "EchoLines");
        string[] shown = [.. page.Split("```csharp\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];

        Assert.Equal(
            [
                File.ReadAllText(Path.Combine(folder, "EchoLinesDialect.cs")),
                File.ReadAllText(Path.Combine(folder, "EchoLinesCall.cs")),
            ],
            shown.Take(2));
        Assert.Contains(
            string.Concat(shown[2].Where(c => !char.IsWhiteSpace(c))),
            string.Concat(File.ReadAllText(Path.Combine(folder, "EchoLinesTests.cs")).Where(c => !char.IsWhiteSpace(c))),
            StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _connections!.StopAsync(TestContext.Current.CancellationToken);
        _operations.Dispose();
        _loop.Dispose();
        _directory.Dispose();
    }

    private static async Task<List<string?>> ReadAsync(RawClient host, int lines)
    {
        List<string?> read = [];
        while (read.Count < lines)
        {
            read.Add(await host.ReadLineAsync());
        }

        return read;
    }

    private AgentSettings Configuration(string commands) => Parse(commands, Table);

    private AgentSettings Parse(string commands, DialectTable table) => SettingsFile.Parse(
        Encoding.UTF8.GetBytes($$"""
            {
              "listeners": [{"transport": "unix", "path": "{{Socket}}", "dialect": "echo-lines"}],
              "policy": {"commands": {{commands}}},
              "limits": {"max_message_bytes": 65536}
            }
            """),
        Registration.Names,
        table.Traits);
}
