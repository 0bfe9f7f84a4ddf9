using System.Text;
using System.Text.Json;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>The operations on files over virtio-serial; what they have done is looked at past the agent.</summary>
[Collection(SharedMachine.Name)]
public sealed class FileOperationTests(AgentMachine agent) : IAsyncLifetime
{
    private const string Root = AgentInstallation.Tree;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await agent.ShellAsync($"rm -rf {Root} && mkdir {Root}");

    public async ValueTask DisposeAsync() => await agent.ShellAsync($"rm -rf {Root}");

    [Fact]
    public async Task What_the_policy_does_not_name_is_refused_and_nothing_is_made()
    {
        await using GuestClient client = await agent.ConnectAsync();

        GuestAgentException read = await Assert.ThrowsAsync<GuestAgentException>(
            () => client.Files.ReadAsync("/etc/shadow", cancellationToken: Token));
        GuestAgentException written = await Assert.ThrowsAsync<GuestAgentException>(
            () => client.Files.WriteTextAsync("/srv/other", "x", cancellationToken: Token));

        Assert.Equal((ErrorCode.PermissionDenied, "policy.read_paths"), (read.Code, read.Detail?.Rule));
        Assert.Equal((ErrorCode.PermissionDenied, "policy.write_paths"), (written.Code, written.Detail?.Rule));
        Assert.Equal("gone", await agent.ShellAsync("[ -e /srv/other ] || echo gone"));
    }

    [Fact]
    public async Task Nothing_is_attached_to_a_reply_where_the_next_host_might_read_it()
    {
        await using GuestClient client = await agent.ConnectAsync();
        using JsonDocument request = JsonDocument.Parse($$"""{"path":"{{Root}}","attached":true}""");

        GuestAgentException refused = await Assert.ThrowsAsync<GuestAgentException>(
            () => client.CallAsync("file_read", request.RootElement, cancellationToken: Token));

        Assert.Equal((ErrorCode.InvalidParameters, "attached"), (refused.Code, refused.Detail?.Rule));
        Assert.DoesNotContain(FileRead.AttachedContent, client.Agent.Capabilities);
    }

    [Fact]
    public async Task A_written_file_has_its_bytes_its_mode_and_its_owner()
    {
        const string Path = $"{Root}/new/file";
        byte[] content = [0, 255, (byte)'\n', 128, (byte)'"'];
        await using GuestClient client = await agent.ConnectAsync();

        await client.Files.WriteAsync(
            Path,
            content,
            new FileWriteOptions { CreateDirectories = true, Permissions = "0640", Owner = "daemon", Group = "mail" },
            Token);
        await client.Files.WriteTextAsync(Path, "ü", new FileWriteOptions { Append = true }, Token);

        byte[] whole = [.. content, .. Encoding.UTF8.GetBytes("ü")];
        string digest = Content.Digest(whole);
        Assert.Equal("640 daemon mail 7", await agent.ShellAsync($"stat -c '%a %U %G %s' {Path}"));
        Assert.StartsWith(digest, await agent.ShellAsync($"sha256sum {Path}"), StringComparison.Ordinal);
        Assert.Equal(whole, (await client.Files.ReadAsync(Path, cancellationToken: Token)).Bytes.ToArray());
        Assert.Equal(whole[2..4], (await client.Files.ReadAsync(Path, 2, 2, Token)).Bytes.ToArray());
        Assert.Equal(digest, (await client.Files.HashAsync(Path, cancellationToken: Token)).Sha256);
    }

    [Fact]
    public async Task A_file_that_hands_out_what_comes_ends_where_it_would_wait()
    {
        await agent.ShellAsync("echo the-last-message > /dev/kmsg");
        await using GuestClient client = await agent.ConnectAsync();

        using MemoryStream messages = new();
        await client.Files.DownloadAsync("/proc/kmsg", messages, cancellationToken: Token);

        Assert.Contains("the-last-message", Encoding.UTF8.GetString(messages.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mode_and_owner_are_changed_and_told()
    {
        const string Path = $"{Root}/file";
        await agent.ShellAsync($"touch {Path} && ln -s file {Root}/link");
        await using GuestClient client = await agent.ConnectAsync();

        await client.Files.ChangeModeAsync(Path, "0604", Token);
        await client.Files.ChangeOwnerAsync(Path, "daemon", "mail", Token);

        Assert.Equal("604 daemon mail", await agent.ShellAsync($"stat -c '%a %U %G' {Path}"));
        FileStatResult file = await client.Files.StatAsync(Path, cancellationToken: Token);
        Assert.Equal((FileType.File, "0604", "daemon", "mail"), (file.Type, file.Permissions, file.Owner, file.Group));
        FileStatResult link = await client.Files.StatAsync($"{Root}/link", followLink: false, Token);
        Assert.Equal((FileType.Symlink, "file"), (link.Type, link.LinkTarget));
    }

    [Fact]
    public async Task A_directory_is_made_listed_moved_and_deleted()
    {
        await using GuestClient client = await agent.ConnectAsync();

        await client.Files.CreateDirectoryAsync(
            $"{Root}/a/b", new DirectoryOptions { CreateParents = true, Permissions = "0700" }, Token);
        await agent.ShellAsync($"cd {Root}/a && touch .hidden file");
        List<FileEntry> entries = await client.Files
            .ListAsync($"{Root}/a", includeHidden: true, pageLength: 1, Token).ToListAsync(Token);
        await client.Files.MoveAsync($"{Root}/a", $"{Root}/c", cancellationToken: Token);
        string moved = await agent.ShellAsync($"cd {Root} && echo * && stat -c %a c/b");
        FileDeleteResult deleted = await client.Files.DeleteAsync($"{Root}/c", recursive: true, Token);

        Assert.Equal(
            [(".hidden", FileType.File), ("b", FileType.Directory), ("file", FileType.File)],
            entries.Select(entry => (entry.Name, entry.Type)));
        Assert.Equal("c\n700", moved);
        Assert.Equal(4, deleted.Deleted);
        Assert.Equal("", await agent.ShellAsync($"ls -A {Root}"));
    }

    [Fact]
    public async Task An_upload_appears_at_its_end_and_one_that_is_dropped_leaves_nothing()
    {
        byte[] content = Content.Random(300_000);
        await using GuestClient client = await agent.ConnectAsync();

        FileUploadOpenResult dropped = await client.Files.BeginUploadAsync($"{Root}/dropped", cancellationToken: Token);
        Assert.True((await client.Files.CancelUploadAsync(dropped.Token, Token)).Cancelled);
        using MemoryStream source = new(content);
        FileUploadCommitResult done = await client.Files.UploadAsync(source, $"{Root}/file", cancellationToken: Token);
        using MemoryStream back = new();
        await client.Files.DownloadAsync($"{Root}/file", back, cancellationToken: Token);

        Assert.Equal("file", await agent.ShellAsync($"ls -A {Root}"));
        Assert.Equal(Content.Digest(content), done.Sha256);
        Assert.Equal(content, back.ToArray());
    }
}
