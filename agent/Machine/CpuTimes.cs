using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>
/// Where the time of one processor, or of all, has gone since boot, in clock ticks.
/// https://man7.org/linux/man-pages/man5/proc_stat.5.html
/// </summary>
/// <param name="Number">Number of the processor; -1 for all.</param>
/// <param name="User">In programs, nice ones and guests included.</param>
/// <param name="System">In the kernel, interrupts included.</param>
/// <param name="Idle">With nothing to do.</param>
/// <param name="Iowait">Idle while a disk was busy.</param>
/// <param name="Steal">Wanted to run, and the hypervisor ran something else.</param>
internal sealed record CpuTimes(int Number, long User, long System, long Idle, long Iowait, long Steal)
{
    /// <summary>No time at all.</summary>
    public static readonly CpuTimes None = new(-1, 0, 0, 0, 0, 0);

    /// <summary>All of it.</summary>
    public long Total => User + System + Idle + Iowait + Steal;

    /// <summary>What has been added since <paramref name="before"/>; never less than nothing, as iowait may shrink.</summary>
    public CpuTimes Since(CpuTimes before) => new(
        Number,
        Math.Max(0, User - before.User),
        Math.Max(0, System - before.System),
        Math.Max(0, Idle - before.Idle),
        Math.Max(0, Iowait - before.Iowait),
        Math.Max(0, Steal - before.Steal));

    /// <summary>Reads what follows the name of the processor. The time of guests is in that of programs already.</summary>
    public static CpuTimes Parse(int number, ref FieldReader fields)
    {
        long user = fields.NextNumber() + fields.NextNumber();
        long system = fields.NextNumber();
        long idle = fields.NextNumber();
        long iowait = fields.NextNumber();
        system += fields.NextNumber() + fields.NextNumber();
        return new CpuTimes(number, user, system, idle, iowait, fields.NextNumber());
    }
}
