using System.Runtime.InteropServices;

namespace GuestAgent.Execution;

/// <summary>A signal on its way to a confined program, which its first process delivers.</summary>
/// <param name="Number">Which.</param>
/// <param name="Group">Not 0 for all of its process group.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ProgramSignal(int Number, int Group);
