namespace GuestAgent.Benchmarks;

/// <summary>Says what the command line asks for.</summary>
/// <param name="Parts">What is measured.</param>
/// <param name="Quick">Measures less, for a first impression.</param>
/// <param name="Base">A former agent that ours is compared with, and with nothing else; null for none.</param>
/// <param name="Json">A file for the figures as lines of JSON; null for none.</param>
/// <param name="Picture">A file for the picture of what growth measures; null for none.</param>
/// <param name="OnlyReports">Whether a missed target is told and no failure: for machines that do other things meanwhile.</param>
internal sealed record BenchmarkOptions(
    IReadOnlyCollection<string> Parts, bool Quick, string? Base = null, string? Json = null, string? Picture = null, bool OnlyReports = false)
{
    /// <summary>Both agents on Unix sockets of this machine.</summary>
    public const string Sockets = "sockets";

    /// <summary>Programs of the host, on this machine.</summary>
    public const string Workloads = "workloads";

    /// <summary>Whole runs of guestctl, on this machine.</summary>
    public const string Programs = "programs";

    /// <summary>What it costs when there is more of it, on this machine.</summary>
    public const string Growth = "growth";

    /// <summary>Both agents on virtio-serial ports of a VM.</summary>
    public const string Serial = "serial";

    /// <summary>Files over vsock within a VM.</summary>
    public const string Vsock = "vsock";

    public const string Help = """
        usage: GuestAgent.Benchmarks [--vm|--no-vm] [--quick] [--report] [PART...]
          --vm, --no-vm   with or without the parts in a VM (default: with them, unless --quick)
          --quick         a reduced version in less than 20 s
          --base=FILE     compare with this former agent, in turns, on Unix sockets
          --json=FILE     write the figures there as well, a JSON object in each line
          PART            sockets, programs, workloads; in a VM: serial, vsock (default: all of these); growth, which takes minutes
          --report        succeed whatever is missed, as where the machine does other things meanwhile
          --picture=FILE  draw what growth measures there, as SVG
        GUEST_AGENT_BIN names the agent (default: artifacts/bin/guest-agent), GUESTCTL_BIN guestctl (default: beside it), TEST_HOST_BIN the tests' own host (default:
        artifacts/test-host/test-host); qemu-ga, OpenSSH, socat, strace, clang and python3 must be installed.
        The exit code is 0 when every target is met, 1 when one is missed.
        """;

    private const string QuickOption = "--quick";
    private const string ReportOption = "--report";
    private const string VmOption = "--vm";
    private const string NoVmOption = "--no-vm";

    private const string BaseOption = "--base=";
    private const string JsonOption = "--json=";

    private const string PictureOption = "--picture=";

    private static readonly string[] Here = [Sockets, Programs, Workloads];
    private static readonly string[] InVm = [Serial, Vsock];

    /// <summary>Reads the command line; null when it has something unknown in it.</summary>
    public static BenchmarkOptions? Parse(string[] arguments)
    {
        string[] parts = [.. arguments.Where(argument => !argument.StartsWith('-'))];
        string[] files = [.. arguments.Where(argument => IsFile(argument))];
        string[] options = [.. arguments.Where(argument => argument.StartsWith('-')).Except(files)];
        if (parts.Except([.. Here, .. InVm, Growth]).Any() || options.Except([QuickOption, VmOption, NoVmOption, ReportOption]).Any())
        {
            return null;
        }

        bool quick = options.Contains(QuickOption);
        bool vm = options.LastOrDefault(option => option is VmOption or NoVmOption) switch
        {
            VmOption => true,
            NoVmOption => false,
            _ => !quick,
        };
        return new BenchmarkOptions(
            parts.Length > 0 ? parts : [.. Here, .. vm ? InVm : []],
            quick,
            File(BaseOption),
            File(JsonOption),
            File(PictureOption),
            options.Contains(ReportOption));

        string? File(string option) =>
            files.LastOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal))?[option.Length..];
    }

    private static bool IsFile(string argument) =>
        argument.StartsWith(BaseOption, StringComparison.Ordinal)
        || argument.StartsWith(JsonOption, StringComparison.Ordinal)
        || argument.StartsWith(PictureOption, StringComparison.Ordinal);
}
