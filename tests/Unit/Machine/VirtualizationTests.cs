using GuestAgent.Machine;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Machine;

public sealed class VirtualizationTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("KVMKVMKVM", "kvm")]
    [InlineData("TCGTCGTCGTCG", "qemu")]
    [InlineData("Microsoft Hv", "microsoft")]
    [InlineData("XenVMMXenVMM", "xen")]
    [InlineData("", "vm-other")]
    [InlineData("\u00ff\u0001?", "vm-other")]
    [InlineData(null, null)]
    public void The_processor_names_the_hypervisor(string? signature, string? name) =>
        Assert.Equal(name, Virtualization.Detect(signature, _root.Path));

    [Theory]
    [InlineData("product_name", "VirtualBox", "KVMKVMKVM", "oracle")]
    [InlineData("sys_vendor", "Amazon EC2", "KVMKVMKVM", "amazon")]
    [InlineData("sys_vendor", "QEMU", "KVMKVMKVM", "kvm")]
    [InlineData("sys_vendor", "QEMU", null, "qemu")]
    [InlineData("sys_vendor", "VMware, Inc.", null, "vmware")]
    [InlineData("sys_vendor", "Dell Inc.", null, null)]
    public void The_firmware_names_products_first_and_hypervisors_last(
        string file, string text, string? signature, string? name)
    {
        Write("sys/class/dmi/id/" + file, text);
        Assert.Equal(name, Virtualization.Detect(signature, _root.Path));
    }

    [Fact]
    public void The_first_domain_of_Xen_is_no_guest()
    {
        Write("proc/xen/capabilities", "control_d");
        Write("sys/hypervisor/type", "xen");
        Assert.Null(Virtualization.Detect("XenVMMXenVMM", _root.Path));
    }

    [Theory]
    [InlineData("linux,kvm\0", "kvm")]
    [InlineData("xen,xen-4.16\0xen,xen\0", "xen")]
    [InlineData("acme,vmm", "vm-other")]
    public void A_device_tree_names_it_where_there_is_no_firmware(string compatible, string name)
    {
        Write("proc/device-tree/hypervisor/compatible", compatible);
        Assert.Equal(name, Virtualization.Detect(null, _root.Path));
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
    }
}
