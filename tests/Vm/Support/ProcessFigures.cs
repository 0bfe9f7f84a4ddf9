namespace GuestAgent.Tests.Vm.Support;

/// <summary>Holds what a process of the guest has used so far.</summary>
/// <param name="CpuTicks">Processor time, user and system, in hundredths of a second.</param>
/// <param name="Switches">Voluntary context switches of all threads: each is a wake-up.</param>
/// <param name="ResidentKiB">Resident memory.</param>
internal sealed record ProcessFigures(long CpuTicks, long Switches, long ResidentKiB)
{
    public static ProcessFigures operator -(ProcessFigures later, ProcessFigures earlier)
        => Subtract(later, earlier);

    public static ProcessFigures Subtract(ProcessFigures later, ProcessFigures earlier)
        => new(
            later.CpuTicks - earlier.CpuTicks,
            later.Switches - earlier.Switches,
            later.ResidentKiB - earlier.ResidentKiB);
}
