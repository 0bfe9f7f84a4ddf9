using System.Globalization;
using System.Text;
using GuestAgent.Contracts.Processes;
using GuestAgent.Linux.Files;

namespace GuestAgent.Processes;

/// <summary>What /proc/PID tells beyond <see cref="ProcessStat"/>.</summary>
/// <param name="Name">Its name, without the parentheses.</param>
/// <param name="Flags">PF_KTHREAD and so on, include/linux/sched.h.</param>
/// <param name="CpuTicks">Processor time of all its threads, in clock ticks.</param>
internal readonly record struct ProcessDetails(string Name, uint Flags, long CpuTicks)
{
    /// <summary>Milliseconds of a clock tick: USER_HZ is 100 on every architecture that .NET runs on.</summary>
    public const int MillisecondsPerTick = 10;

    private const int LargestStatBytes = 2048;
    private const int LargestStatusBytes = 16 * 1024;
    private const int LargestArgumentsBytes = 4096;
    private const uint KernelThreadFlag = 0x00200000;

    /// <summary>Whether it is a thread of the kernel: no program, and no signal ends it.</summary>
    public bool IsKernelThread => (Flags & KernelThreadFlag) != 0;

    /// <summary>Reads the line of a process; null when it is gone.</summary>
    public static (ProcessStat Stat, ProcessDetails Details)? TryRead(int pid) =>
        Read(Folder(pid), "stat", LargestStatBytes) is { } bytes
        && ProcessStat.TryParse(bytes.Span) is { } stat
        && TryParse(bytes.Span) is { } details
            ? (stat, details)
            : null;

    /// <summary>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html</summary>
    public static ProcessDetails? TryParse(ReadOnlySpan<byte> line)
    {
        int nameStart = line.IndexOf((byte)'(');
        int nameEnd = line.LastIndexOf((byte)')');
        if (nameStart < 0 || nameEnd < nameStart)
        {
            return null;
        }

        FieldReader fields = new(line[(nameEnd + 1)..]);
        Skip(ref fields, 6);
        uint flags = (uint)fields.NextNumber();
        Skip(ref fields, 4);
        return new ProcessDetails(
            Encoding.UTF8.GetString(line[(nameStart + 1)..nameEnd]), flags, fields.NextNumber() + fields.NextNumber());
    }

    /// <summary>All that is told of a process; null when it has gone meanwhile.</summary>
    /// <param name="pid">Its number.</param>
    /// <param name="bootUnixMs">When the guest was booted, milliseconds since the epoch.</param>
    public static ProcessEntry? TryDescribe(int pid, long bootUnixMs)
    {
        if (TryRead(pid) is not var (stat, details))
        {
            return null;
        }

        string folder = stat.HasLostFirstThread ? ProcessFolder.Of(pid) : Folder(pid);
        if (Read(folder, "status", LargestStatusBytes) is not { } status)
        {
            return null;
        }

        (long userId, int threads, long memoryKb) = ParseStatus(status.Span);
        return new ProcessEntry(
            pid,
            stat.ParentPid,
            details.Name,
            details.IsKernelThread || !stat.IsAlive ? null : Arguments(folder),
            null,
            userId,
            StateWord(stat.HasLostFirstThread ? StateOf(folder) ?? stat.State : stat.State),
            threads,
            memoryKb,
            details.CpuTicks * MillisecondsPerTick,
            bootUnixMs + (stat.StartTime * MillisecondsPerTick));
    }

    /// <summary>Effective user, number of threads and resident memory. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html</summary>
    public static (long UserId, int Threads, long MemoryKb) ParseStatus(ReadOnlySpan<byte> text)
    {
        long userId = 0;
        int threads = 0;
        long memoryKb = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            FieldReader fields = new(text[range]);
            ReadOnlySpan<byte> key = fields.Next();
            if (key.SequenceEqual("Uid:"u8))
            {
                fields.Next();
                userId = fields.NextNumber();
            }
            else if (key.SequenceEqual("Threads:"u8))
            {
                threads = (int)fields.NextNumber();
            }
            else if (key.SequenceEqual("VmRSS:"u8))
            {
                memoryKb = fields.NextNumber();
            }
        }

        return (userId, threads, memoryKb);
    }

    /// <summary>Program and arguments, each ended by a NUL unless the process has overwritten them.</summary>
    public static IReadOnlyList<string> ParseArguments(ReadOnlySpan<byte> text)
    {
        List<string> arguments = [];
        foreach (Range range in text.TrimEnd((byte)0).Split((byte)0))
        {
            arguments.Add(Encoding.UTF8.GetString(text[range]));
        }

        return text.IsEmpty ? [] : arguments;
    }

    /// <summary>The word for the kernel's letter; the letter where none is known.</summary>
    public static string StateWord(char letter) => letter switch
    {
        'R' => "running",
        'S' => "sleeping",
        'D' => "disk_sleep",
        'T' => "stopped",
        't' => "tracing_stop",
        'Z' => "zombie",
        'X' or 'x' => "dead",
        'I' => "idle",
        _ => letter.ToString(),
    };

    private static char? StateOf(string thread) =>
        Read(thread, "stat", LargestStatBytes) is { } bytes ? ProcessStat.TryParse(bytes.Span)?.State : null;

    private static IReadOnlyList<string>? Arguments(string folder) =>
        Read(folder, "cmdline", LargestArgumentsBytes) is { } bytes ? ParseArguments(bytes.Span) : null;

    private static string Folder(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    private static ReadOnlyMemory<byte>? Read(string folder, string file, int limit) => SmallFile.TryRead(folder + "/" + file, limit);

    private static void Skip(ref FieldReader fields, int count)
    {
        for (int i = 0; i < count; i++)
        {
            fields.Next();
        }
    }
}
