namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Holds how a program in the guest ended; a signal counts as 128 + its number, as in a shell.</summary>
public sealed record GuestCommandResult(int ExitCode, string StandardOutput, string StandardError);
