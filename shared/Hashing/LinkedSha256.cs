using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace GuestAgent.Hashing;

/// <summary>
/// SHA-256 by the functions of libcrypto.a (OpenSSL 3, SHA256_Init(3)). They need no set-up, no memory of their own and no
/// other part of OpenSSL; the state lies here, so that nothing is to be freed.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe partial struct LinkedSha256
{
    // SHA256_CTX: eight words of the hash, two of the length, a block of sixteen, and two counts; sha.h.
    private State _state;

    [InlineArray(28)]
    private struct State
    {
        private uint _word;
    }

    /// <summary>The state before any byte.</summary>
    public static LinkedSha256 Begin()
    {
        LinkedSha256 hash = default;
        // SAFETY: a local of the structure's size.
        _ = SHA256_Init(&hash._state);
        return hash;
    }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        fixed (State* state = &_state)
        fixed (byte* start = bytes)
        {
            // SAFETY: both are pinned.
            _ = SHA256_Update(state, start, (nuint)bytes.Length);
        }
    }

    /// <summary>The hash of what was added.</summary>
    public byte[] Finish()
    {
        byte[] hash = new byte[Sha256.HashBytes];
        fixed (State* state = &_state)
        fixed (byte* start = hash)
        {
            // SAFETY: both are pinned, and the array has the length of a hash.
            _ = SHA256_Final(start, state);
        }

        return hash;
    }

    // They return 1, always.
    [LibraryImport("libcrypto")]
    private static partial int SHA256_Init(State* state);

    [LibraryImport("libcrypto")]
    private static partial int SHA256_Update(State* state, byte* bytes, nuint length);

    [LibraryImport("libcrypto")]
    private static partial int SHA256_Final(byte* hash, State* state);
}
