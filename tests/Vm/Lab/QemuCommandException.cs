namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Says that QEMU or an agent with the qemu-ga dialect refused a command.</summary>
public sealed class QemuCommandException(string command, string errorClass, string description)
    : Exception($"{command}: {errorClass}: {description}")
{
    public string ErrorClass { get; } = errorClass;

    public string Description { get; } = description;
}
