using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>What the guest runs on, in the words of systemd-detect-virt(1).</summary>
internal static class Virtualization
{
    private const string Unnamed = "vm-other";

    // Names that a product gives itself win over the hypervisor below it, which several of them share.
    private static readonly (string Text, string Name)[] Products =
    [
        ("innotek GmbH", "oracle"), ("VirtualBox", "oracle"), ("Amazon EC2", "amazon"), ("Xen", "xen"),
        ("Parallels", "parallels"), ("Google Compute Engine", "google"),
    ];

    private static readonly (string Text, string Name)[] Signatures =
    [
        ("XenVMMXenVMM", "xen"), ("KVMKVMKVM", "kvm"), ("Linux KVM Hv", "kvm"), ("TCGTCGTCGTCG", "qemu"),
        ("VMwareVMware", "vmware"), ("Microsoft Hv", "microsoft"), ("bhyve bhyve", "bhyve"), ("QNXQVMBSQG", "qnx"),
        ("ACRNACRNACRN", "acrn"), ("SRESRESRESRE", "sre"), ("Apple VZ", "apple"),
    ];

    private static readonly (string Text, string Name)[] Vendors =
    [
        ("KVM", "kvm"), ("OpenStack", "kvm"), ("KubeVirt", "kvm"), ("QEMU", "qemu"), ("VMware", "vmware"), ("VMW", "vmware"),
        ("Bochs", "bochs"), ("BHYVE", "bhyve"), ("Hyper-V", "microsoft"), ("Microsoft Corporation Virtual", "microsoft"),
        ("Apple Virtualization", "apple"),
    ];

    private static readonly string[] FirmwareTexts =
        ["product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version"];

    /// <summary>Looks; null where no hypervisor shows.</summary>
    public static string? Detect() => Detect(HypervisorSignature.Read(), "/");

    /// <summary>Looks at given places.</summary>
    /// <param name="signature">What the processor says, see <see cref="HypervisorSignature.Read"/>.</param>
    /// <param name="root">Directory that stands for <c>/</c>.</param>
    public static string? Detect(string? signature, string root)
    {
        string? Line(string path) => SmallFile.TryReadLine(Path.Combine(root, path));

        if (Line("proc/xen/capabilities")?.Contains("control_d", StringComparison.Ordinal) ?? false)
        {
            // Xen's own first domain runs on the bare machine, for all who ask.
            return null;
        }

        string?[] firmware = [.. FirmwareTexts.Select(name => Line("sys/class/dmi/id/" + name))];
        return Match(Products, firmware)
            ?? (Line("sys/hypervisor/type") == "xen" ? "xen" : null)
            ?? (string.IsNullOrEmpty(signature) ? null : Match(Signatures, [signature]))
            ?? Match(Vendors, firmware)
            ?? OfDeviceTree(Line("proc/device-tree/hypervisor/compatible"))
            ?? (signature is not null ? Unnamed : null);
    }

    // Arm and others have no processor to ask; KVM leaves this node out, and Xen and some more describe themselves there.
    private static string? OfDeviceTree(string? compatible) => compatible switch
    {
        null => null,
        _ when compatible.Contains("linux,kvm", StringComparison.Ordinal) => "kvm",
        _ when compatible.Contains("xen", StringComparison.Ordinal) => "xen",
        _ when compatible.Contains("vmware", StringComparison.Ordinal) => "vmware",
        _ => Unnamed,
    };

    private static string? Match((string Text, string Name)[] table, string?[] texts)
    {
        foreach (string? text in texts)
        {
            foreach ((string start, string name) in table)
            {
                if (text?.StartsWith(start, StringComparison.Ordinal) ?? false)
                {
                    return name;
                }
            }
        }

        return null;
    }
}
