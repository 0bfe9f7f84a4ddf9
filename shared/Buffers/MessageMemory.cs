using System.Buffers;
using System.Numerics;

namespace GuestAgent.Buffers;

/// <summary>
/// Memory for messages on their way: kept while long ones follow each other, and given up as a whole some seconds after the
/// last of them. The framework's shared pool keeps an array of each size for every thread and many more besides, for ever.
/// </summary>
public static class MessageMemory
{
    // The line of a piece of a transfer fits. Larger messages are few, and what they need is not kept.
    private const int LargestKept = 512 * 1024;

    // As many pieces as are worked on at a time.
    private const int KeptOfEachSize = 8;

    // What is shorter is always needed and costs nothing to keep.
    private const int Long = 48 * 1024;

    // Long enough for a burst to be over, short enough for nobody to miss the memory.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    // Setting the timer anew for each piece of a transfer would cost more than being late by so much.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(500);

    // Started only by long messages, so that an idle process has no timer.
    private static readonly Timer Later = new(static _ => Forget());
    private static volatile ArrayPool<byte> _pool = Create();
    private static long _armed;

    /// <summary>Called each time when all that was kept has become garbage; null for nobody.</summary>
    public static Action? Forgotten { get; set; }

    /// <summary>An array of at least <paramref name="size"/> bytes, with anything in it.</summary>
    public static byte[] Rent(int size) =>
        size <= LargestKept ? _pool.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    /// <summary>How long the array is that <see cref="Rent"/> gives.</summary>
    public static int SizeOf(int size) => size <= LargestKept ? (int)BitOperations.RoundUpToPowerOf2((uint)size) : size;

    /// <summary>Takes an array of <see cref="Rent"/> back, whose content nobody uses any more.</summary>
    public static void Return(byte[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length is > 0 and <= LargestKept)
        {
            // Rented from one that is forgotten since, it goes into the next: they are alike.
            _pool.Return(array);
        }

        if (array.Length > Long)
        {
            Arm();
        }
    }

    private static void Arm()
    {
        long now = Environment.TickCount64;
        if (now - Volatile.Read(ref _armed) > (long)Lateness.TotalMilliseconds)
        {
            Volatile.Write(ref _armed, now);
            Later.Change(Delay, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Forget()
    {
        _pool = Create();
        Forgotten?.Invoke();
    }

    private static ArrayPool<byte> Create() => ArrayPool<byte>.Create(LargestKept, KeptOfEachSize);
}
