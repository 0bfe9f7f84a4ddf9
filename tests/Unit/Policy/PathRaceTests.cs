using System.Text;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

/// <summary>Somebody in the guest exchanges what a path leads to, as fast as he can, while the agent decides and acts.</summary>
public sealed class PathRaceTests : IDisposable
{
    private const int Tries = 20_000;

    private readonly TemporaryDirectory _directory = new();
    private readonly PathPolicy _policy;
    private readonly SwappedLink _link;

    public PathRaceTests()
    {
        Directory.CreateDirectory(At("open/inside"));
        Directory.CreateDirectory(At("secret"));
        File.WriteAllText(At("open/inside/file"), "open");
        File.WriteAllText(At("secret/file"), "secret");
        _policy = new PathPolicy(new LiveSettings(new AgentSettings(
            [], new PolicySettings(ReadPaths: [At("open")], WritePaths: [At("open")]))));
        _link = new SwappedLink(At("open/way"), "inside", "../secret");
    }

    [Fact]
    public void Nothing_outside_is_read()
    {
        byte[] content = new byte[16];
        (int read, int refused) = (0, 0);
        for (int i = 0; i < Tries; i++)
        {
            try
            {
                using ReadGrant grant = _policy.Read(At("open/way/file"));
                using SafeFileHandle file = ProcDescriptor.Reopen(grant.Target, LibC.O_RDONLY);
                Assert.Equal("open", Encoding.UTF8.GetString(content, 0, file.ReadAt(content, 0)));
                read++;
            }
            catch (OperationException e)
            {
                Assert.Contains(e.Code, (ErrorCode[])[ErrorCode.PermissionDenied, ErrorCode.NotFound]);
                refused++;
            }
        }

        Assert.Equal(Tries, read + refused);
    }

    [Fact]
    public void Nothing_outside_is_made_or_deleted()
    {
        for (int i = 0; i < Tries; i++)
        {
            try
            {
                using WriteGrant grant = _policy.Write(At("open/way/new"));
                int errno = grant.Directory.TryOpen(
                    grant.Name, LibC.O_WRONLY | LibC.O_CREAT, 0x180, out SafeFileHandle made);
                made.Dispose();
                Assert.Equal(0, errno);
                using WriteGrant victim = _policy.Write(At("open/way/file"), followLast: false);
                _ = victim.Directory.TryRemove(victim.Name, isDirectory: false);
            }
            catch (OperationException e)
            {
                Assert.Contains(e.Code, (ErrorCode[])[ErrorCode.PermissionDenied, ErrorCode.NotFound]);
            }
        }

        Assert.Equal(["file"], Directory.GetFileSystemEntries(At("secret")).Select(path => Path.GetFileName(path)));
        Assert.Equal("secret", File.ReadAllText(At("secret/file")));
    }

    public void Dispose()
    {
        _link.Dispose();
        _directory.Dispose();
    }

    private string At(string name) => _directory[name];
}
