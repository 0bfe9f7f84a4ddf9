namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Says that a VM did not become ready, with the exit code of scripts/run-vm and the end of the console.</summary>
public sealed class VirtualMachineStartException(int exitCode, string messages)
    : Exception($"run-vm ended with {exitCode}:\n{messages}")
{
    public int ExitCode { get; } = exitCode;
}
