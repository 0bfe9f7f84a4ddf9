namespace GuestAgent.Benchmarks;

/// <summary>Says what the command line asks for.</summary>
/// <param name="WithVm">Measures over virtio-serial too.</param>
/// <param name="Quick">Measures less, for a first impression.</param>
internal sealed record BenchmarkOptions(bool WithVm, bool Quick)
{
    public const string Help = """
        usage: GuestAgent.Benchmarks [--vm|--no-vm] [--quick]
          --vm, --no-vm   with or without the part in a VM (default: with it, unless --quick)
          --quick         a reduced version in less than 20 s
        GUEST_AGENT_BIN names the agent (default: artifacts/bin/guest-agent); qemu-ga must be installed.
        The exit code is 0 when every target is met, 1 when one is missed.
        """;

    private const string QuickOption = "--quick";
    private const string VmOption = "--vm";
    private const string NoVmOption = "--no-vm";

    /// <summary>Reads the command line; null when it has something unknown in it.</summary>
    public static BenchmarkOptions? Parse(string[] arguments)
    {
        if (arguments.Any(argument => argument is not (QuickOption or VmOption or NoVmOption)))
        {
            return null;
        }

        bool quick = arguments.Contains(QuickOption);
        bool vm = arguments.LastOrDefault(argument => argument != QuickOption) switch
        {
            VmOption => true,
            NoVmOption => false,
            _ => !quick,
        };
        return new BenchmarkOptions(vm, quick);
    }
}
