namespace GuestAgent.Benchmarks;

/// <summary>Says what the command line asks for.</summary>
/// <param name="Parts">What is measured.</param>
/// <param name="Quick">Measures less, for a first impression.</param>
internal sealed record BenchmarkOptions(IReadOnlyCollection<string> Parts, bool Quick)
{
    /// <summary>Both agents on Unix sockets of this machine.</summary>
    public const string Sockets = "sockets";

    /// <summary>Programs of the host, on this machine.</summary>
    public const string Workloads = "workloads";

    /// <summary>Both agents on virtio-serial ports of a VM.</summary>
    public const string Serial = "serial";

    /// <summary>Files over vsock within a VM.</summary>
    public const string Vsock = "vsock";

    public const string Help = """
        usage: GuestAgent.Benchmarks [--vm|--no-vm] [--quick] [PART...]
          --vm, --no-vm   with or without the parts in a VM (default: with them, unless --quick)
          --quick         a reduced version in less than 20 s
          PART            sockets, workloads; in a VM: serial, vsock (default: all)
        GUEST_AGENT_BIN names the agent (default: artifacts/bin/guest-agent), TEST_HOST_BIN the tests' own host (default:
        artifacts/test-host/test-host); qemu-ga and python3 must be installed.
        The exit code is 0 when every target is met, 1 when one is missed.
        """;

    private const string QuickOption = "--quick";
    private const string VmOption = "--vm";
    private const string NoVmOption = "--no-vm";

    private static readonly string[] Here = [Sockets, Workloads];
    private static readonly string[] InVm = [Serial, Vsock];

    /// <summary>Reads the command line; null when it has something unknown in it.</summary>
    public static BenchmarkOptions? Parse(string[] arguments)
    {
        string[] parts = [.. arguments.Where(argument => !argument.StartsWith('-'))];
        string[] options = [.. arguments.Where(argument => argument.StartsWith('-'))];
        if (parts.Except([.. Here, .. InVm]).Any() || options.Except([QuickOption, VmOption, NoVmOption]).Any())
        {
            return null;
        }

        bool quick = options.Contains(QuickOption);
        bool vm = options.LastOrDefault(option => option != QuickOption) switch
        {
            VmOption => true,
            NoVmOption => false,
            _ => !quick,
        };
        return new BenchmarkOptions(parts.Length > 0 ? parts : [.. Here, .. vm ? InVm : []], quick);
    }
}
