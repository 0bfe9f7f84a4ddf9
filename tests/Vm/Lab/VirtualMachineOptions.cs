using System.Globalization;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Says which VM a test wants.</summary>
public sealed record VirtualMachineOptions
{
    /// <summary>Gets a value indicating whether a busybox system in RAM boots (1 to 2 s) instead of Debian.</summary>
    public bool Micro { get; init; }

    /// <summary>
    /// Gets a value indicating whether nothing but busybox and the kernel's modules boots: run.sh is process 1, and the lab
    /// cannot run anything in the guest.
    /// </summary>
    public bool Bare { get; init; }

    /// <summary>Gets the machine type: q35, pc (both virtio-pci) or microvm (virtio-mmio).</summary>
    public string Machine { get; init; } = "q35";

    /// <summary>Gets the QEMU CPU model, for example qemu64; null lets the lab choose.</summary>
    public string? Cpu { get; init; }

    public int MemoryMiB { get; init; } = 512;

    /// <summary>Gets the number of processors; null lets the lab choose, so that some are left for the host.</summary>
    public int? Processors { get; init; }

    /// <summary>Gets the names of the virtio-serial ports, in the order of the QEMU devices port1, port2, ...</summary>
    public IReadOnlyList<string> Ports { get; init; } = ["org.qemu.guest_agent.0", "org.guestagent.0"];

    /// <summary>Gets a value indicating whether the VM has a vsock device, behind a Unix socket.</summary>
    public bool Vsock { get; init; }

    /// <summary>Gets a directory that becomes /mnt/inject; its run.sh runs during the boot and must succeed.</summary>
    public string? InjectDirectory { get; init; }

    /// <summary>Gets what is appended to the kernel's command line.</summary>
    public string KernelParameters { get; init; } = "";

    public TimeSpan BootLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets how long the VM may live before the lab ends it.</summary>
    public TimeSpan LifeLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets the limit of each single command, transfer or wait.</summary>
    public TimeSpan CommandLimit { get; init; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Arguments(string runDirectory)
    {
        List<string> arguments =
        [
            "-d", runDirectory, "-e", "-f", "-m", Machine, "-r", Text(MemoryMiB),
            "-b", Text((int)BootLimit.TotalSeconds), "-t", Text((int)LifeLimit.TotalSeconds),
            .. Ports.SelectMany(p => new[] { "-p", p }),
        ];
        AddWhen(Micro, "-x");
        AddWhen(Bare, "-k");
        AddWhen(Vsock, "-u");
        AddWhen(Cpu is not null, "-c", Cpu ?? "");
        AddWhen(Processors is not null, "-n", Text(Processors ?? 0));
        AddWhen(KernelParameters.Length > 0, "-a", KernelParameters);
        AddWhen(InjectDirectory is not null, "-i", InjectDirectory ?? "");
        return arguments;

        void AddWhen(bool wanted, params string[] words) => arguments.AddRange(wanted ? words : []);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
