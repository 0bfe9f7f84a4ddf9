using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>
/// Which branches of instrumented assemblies an input takes, and how often: the map of AFL, in which each branch counts in the
/// byte of its number. Knows nothing, and says so, where nothing is instrumented.
/// </summary>
internal sealed unsafe class Coverage : IDisposable
{
    private const int Bytes = 1 << 16;

    private static readonly byte* Unwatched = (byte*)NativeMemory.AlignedAlloc(Bytes, 64);

    private readonly byte* _map = (byte*)NativeMemory.AlignedAlloc(Bytes, 64);
    private readonly byte[] _seen = new byte[Bytes];

    /// <summary>Gives instrumented code somewhere to count: it must not run before.</summary>
    public static void Prepare() => Trace.SharedMem = Unwatched;

    /// <summary>Has instrumented code count from now on.</summary>
    public Coverage()
    {
        Clear();
        // SAFETY: the map lives until Dispose puts another one in its place.
        Trace.SharedMem = _map;
    }

    /// <summary>Branches seen until now.</summary>
    public int Branches { get; private set; }

    /// <summary>Forgets the last input.</summary>
    public void Clear()
    {
        NativeMemory.Clear(_map, Bytes);
        Trace.PrevLocation = 0;
    }

    /// <summary>True when the last input has taken a branch that none before has, or has taken one clearly more often.</summary>
    public bool IsNew()
    {
        bool isNew = false;
        ReadOnlySpan<ulong> words = new(_map, Bytes / sizeof(ulong));
        for (int word = 0; word < words.Length; word++)
        {
            for (int i = word * sizeof(ulong); words[word] != 0 && i < (word + 1) * sizeof(ulong); i++)
            {
                // Once, twice, about four times and so on: a bit for each power of two.
                byte bucket = _map[i] == 0 ? (byte)0 : (byte)(1 << BitOperations.Log2(_map[i]));
                if ((_seen[i] | bucket) != _seen[i])
                {
                    Branches += _seen[i] == 0 ? 1 : 0;
                    _seen[i] |= bucket;
                    isNew = true;
                }
            }
        }

        return isNew;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Instrumented code goes on counting, into what is never looked at and never freed.
        Trace.SharedMem = Unwatched;
        NativeMemory.AlignedFree(_map);
    }
}
