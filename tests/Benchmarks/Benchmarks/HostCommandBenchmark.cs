using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Rivals;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Compares whole runs of <c>guestctl</c> with what many would use instead: <c>ssh</c> through an open connection, <c>scp</c>, and
/// <c>socat</c> for bytes alone. Files are in memory.
/// </summary>
internal sealed class HostCommandBenchmark(UnixSocketAgent agent, SecureShell shell)
{
    private const double CommandTarget = 0.5;
    private const double CopyTarget = 0.55;
    private const double BytesTarget = 1.25;
    private const long FileBytes = 256 << 20;

    private readonly string _endpoint = "unix://" + agent.SocketPath;

    public void Run(Effort effort, Report report)
    {
        report.Add(
            "guestctl exec -- true; ssh, ControlMaster",
            Comparison.Run(effort.ProgramRounds, 1, () => Guestctl("exec", "--", "true"), () => shell.Run("true")),
            CommandTarget);
        using MemoryFiles files = new();
        string source = files.Create("source", FileBytes);
        string guest = files.PathOf("guest");
        report.Add(
            "guestctl cp, 256 MiB to the guest; scp",
            Comparison.Run(effort.CopyRounds, 1, () => CopyTo(source, guest), () => shell.CopyFile(source, Remote(guest))),
            CopyTarget);
        report.Add(
            "guestctl cp, 256 MiB from the guest; scp",
            Comparison.Run(effort.CopyRounds, 1, () => CopyFrom(source, guest), () => shell.CopyFile(Remote(source), guest)),
            CopyTarget);
        report.Add(
            "guestctl cp, 256 MiB to the guest; socat",
            Comparison.Run(effort.CopyRounds, 1, () => CopyTo(source, guest), () => Socat.Copy(source, guest, files)),
            BytesTarget);
    }

    private static string Remote(string path) => $"{SecureShell.Host}:{path}";

    private void CopyTo(string from, string to) => Guestctl("cp", from, ":" + to);

    private void CopyFrom(string from, string to) => Guestctl("cp", ":" + from, to);

    private void Guestctl(params string[] words) => SilentProcess.Run(AgentBinary.Guestctl, ["-g", _endpoint, .. words]);
}
