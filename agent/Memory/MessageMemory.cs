using System.Buffers;

namespace GuestAgent.Memory;

/// <summary>
/// Memory for messages on their way, kept while many of them follow each other and given up some seconds after the last
/// large one: the framework's shared pool would keep it for the agent's lifetime.
/// </summary>
internal static class MessageMemory
{
    // A piece of a transfer fits. Of larger messages there are few, and what they need is not kept.
    private const int LargestKept = 512 * 1024;
    private const int KeptOfEachSize = 8;

    // Small ones are always needed and cost nothing to keep.
    private const int Large = 48 * 1024;

    private static volatile ArrayPool<byte> _pool = Create();

    /// <summary>An array of at least this size.</summary>
    public static byte[] Rent(int size) =>
        size <= LargestKept ? _pool.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    /// <summary>Takes an array back.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length is > 0 and <= LargestKept)
        {
            _pool.Return(array);
        }

        if (array.Length > Large)
        {
            SpareMemory.GiveBackLater();
        }
    }

    /// <summary>Lets go of everything that is kept. What is rented meanwhile may be returned all the same.</summary>
    public static void Forget() => _pool = Create();

    private static ArrayPool<byte> Create() => ArrayPool<byte>.Create(LargestKept, KeptOfEachSize);
}
