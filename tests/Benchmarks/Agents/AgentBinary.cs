using System.Globalization;
using GuestAgent.Tests.Testing;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Benchmarks.Agents;

/// <summary>Finds the two agents.</summary>
internal static class AgentBinary
{
    private const string Peer = "qemu-ga";

    public static string Ours { get; } = Find("GUEST_AGENT_BIN", "artifacts/bin/guest-agent");

    /// <summary>Gets the command of the host.</summary>
    public static string Guestctl { get; } = Find("GUESTCTL_BIN", "artifacts/bin/guestctl");

    public static string Theirs { get; } = FindTheirs();

    /// <summary>Gets the tests' own program on the host library.</summary>
    public static string TestHost { get; } = Find("TEST_HOST_BIN", "artifacts/test-host/test-host");

    public static string Describe(Peer peer) => string.Create(
        CultureInfo.InvariantCulture,
        $"guest-agent: {Ours}, {Length(Ours)} bytes; {peer.Name}: {peer.Binary}, {Length(peer.Binary)} bytes");

    /// <summary>Writes a file that was just built to the disk: until then its pages count as dirty memory of the agent.</summary>
    public static void Settle(string binary)
    {
        using SafeFileHandle file = File.OpenHandle(binary);
        RandomAccess.FlushToDisk(file);
    }

    private static long Length(string path) => new FileInfo(path).Length;

    private static string Find(string variable, string usual)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return Path.GetFullPath(named);
        }

        string built = SourceFile.Find(usual);
        return File.Exists(built)
            ? built
            : throw new FileNotFoundException($"{built} is not there; publish it or set {variable}");
    }

    private static string FindTheirs() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, Peer))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{Peer} is not installed (Debian: qemu-guest-agent)");
}
