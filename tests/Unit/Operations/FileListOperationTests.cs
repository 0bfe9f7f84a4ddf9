using GuestAgent.Accounts;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Operations.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Unit.Operations;

/// <summary>Pages of a directory that changes meanwhile.</summary>
public sealed class FileListOperationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("ab", "cd", true)]
    [InlineData("abcd", "e", false)]
    [InlineData("abcde", "", false)]
    [InlineData("a", "b", true)]
    public async Task A_page_whose_names_have_all_gone_is_not_an_empty_one_with_more_behind_it(string gone, string names, bool more)
    {
        foreach (char name in "abcde")
        {
            await File.WriteAllTextAsync(_directory[name.ToString()], "", TestContext.Current.CancellationToken);
        }

        var policy = new PathPolicy(new LiveSettings(new AgentSettings([], new PolicySettings(ReadPaths: ["/"]))));
        string path = Path.GetDirectoryName(_directory["a"])!;
        using ReadGrant grant = policy.Read(path);
        // Memory is counted between the names and what is told of them.
        var memory = new Meanwhile(() =>
        {
            foreach (char name in gone)
            {
                File.Delete(_directory[name.ToString()]);
            }
        });
        FileListResult page = await new FileListOperation(new AccountDatabase(null, "/etc/passwd", "/etc/group")).ExecuteAsync(
            new FileListRequest(path, 2),
            grant,
            new CallContext(new Caller("unix:/test", "-", null), null!, CallId.Null, null!, Memory: memory),
            TestContext.Current.CancellationToken);

        Assert.Equal((names, more), (string.Concat(page.Entries.Select(entry => entry.Name)), page.More));
    }

    private sealed class Meanwhile(Action action) : ICallMemory
    {
        public bool TryTake(long bytes)
        {
            action();
            return true;
        }

        public void Take(long bytes) => action();
    }
}
