using System.Globalization;
using GuestAgent.Tests.Vm.Lab;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Benchmarks.Agents;

/// <summary>Finds the two agents.</summary>
internal static class AgentBinary
{
    private const string Peer = "qemu-ga";

    public static string Ours { get; } = Find("GUEST_AGENT_BIN", "artifacts/bin/guest-agent");

    public static string Theirs { get; } = FindTheirs();

    /// <summary>Gets the tests' own program on the host library.</summary>
    public static string TestHost { get; } = Find("TEST_HOST_BIN", "artifacts/test-host/test-host");

    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"guest-agent: {Ours}, {Length(Ours)} bytes; qemu-ga: {Theirs}, {Length(Theirs)} bytes and its shared libraries");

    /// <summary>Writes a file that was just built to the disk: until then its pages count as dirty memory of the agent.</summary>
    public static void Settle()
    {
        using SafeFileHandle file = File.OpenHandle(Ours);
        RandomAccess.FlushToDisk(file);
    }

    private static long Length(string path) => new FileInfo(path).Length;

    private static string Find(string variable, string usual)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return Path.GetFullPath(named);
        }

        string built = SourceTree.Find(usual);
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
