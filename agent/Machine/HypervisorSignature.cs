using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace GuestAgent.Machine;

/// <summary>What an x86 processor says of the hypervisor below it.</summary>
internal static class HypervisorSignature
{
    // Intel SDM: leaf 1, ECX bit 31 is never set by hardware; 0x40000000 is left to hypervisors.
    private const int FeatureLeaf = 1;
    private const int HypervisorBit = 1 << 31;
    private const int HypervisorLeaf = 0x40000000;

    /// <summary>The twelve characters of its name; empty when it tells none; null without one, or on another processor.</summary>
    public static string? Read()
    {
        if (!X86Base.IsSupported || (X86Base.CpuId(FeatureLeaf, 0).Ecx & HypervisorBit) == 0)
        {
            return null;
        }

        (_, int b, int c, int d) = X86Base.CpuId(HypervisorLeaf, 0);
        ReadOnlySpan<int> registers = [b, c, d];
        return Encoding.Latin1.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0', ' ');
    }
}
