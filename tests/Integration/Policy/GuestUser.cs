using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>Somebody in the guest without rights, and a directory of his.</summary>
internal static class GuestUser
{
    /// <summary>Number of the user <c>nobody</c>.</summary>
    public const int Id = 65534;

    /// <summary>Makes a directory that is his, in one that everybody may enter; only root can give it to him.</summary>
    public static async Task<string> MakeDirectoryAsync(TemporaryDirectory parent, string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can act for another user");
        parent.OpenForAll();
        string path = parent[name];
        Directory.CreateDirectory(path);
        await GiveAsync(path);
        return path;
    }

    /// <summary>Gives him something, and what is in it.</summary>
    public static async Task GiveAsync(string path) =>
        Assert.Equal(0, (await ProgramRun.StartAsync("chown", ["-hR", "65534:65534", path])).ExitCode);
}
