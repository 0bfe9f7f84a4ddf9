using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace GuestAgent.Hashing;

/// <summary>
/// The compression function of SHA-256 (FIPS 180-4, 6.2.2): four words of the message schedule at a time, and rounds
/// written out so that the eight working variables stay in registers and change roles instead of places.
/// </summary>
internal static class Sha256Compression
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockBytes = 64;

    private const int Rounds = 64;

    // FIPS 180-4, 4.2.2.
    private static ReadOnlySpan<uint> K =>
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ];

    /// <summary>Takes whole blocks into the state.</summary>
    /// <param name="state">The eight words of the hash so far.</param>
    /// <param name="blocks">A multiple of <see cref="BlockBytes"/> bytes.</param>
    public static void Compress(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> words = stackalloc uint[16];
        for (; blocks.Length >= BlockBytes; blocks = blocks[BlockBytes..])
        {
            Compress(
                ref MemoryMarshal.GetReference(state),
                ref MemoryMarshal.GetReference(blocks),
                ref MemoryMarshal.GetReference(words));
        }
    }

    // The references lead to 8 words, 64 bytes and 16 words. Words of the schedule are made while those before them are
    // used, so that the processor does both at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // A just-in-time compiler would take seconds to find out.
    private static void Compress(ref uint state, ref byte block, ref uint words)
    {
        ref uint constants = ref MemoryMarshal.GetReference(K);
        Vector128<uint> w0 = Load(ref block, 0);
        Vector128<uint> w1 = Load(ref block, 16);
        Vector128<uint> w2 = Load(ref block, 32);
        Vector128<uint> w3 = Load(ref block, 48);
        (w0 + Vector128.LoadUnsafe(ref constants)).StoreUnsafe(ref words);
        (w1 + Vector128.LoadUnsafe(ref constants, 4)).StoreUnsafe(ref words, 4);
        (w2 + Vector128.LoadUnsafe(ref constants, 8)).StoreUnsafe(ref words, 8);
        (w3 + Vector128.LoadUnsafe(ref constants, 12)).StoreUnsafe(ref words, 12);
        uint a = state;
        uint b = Unsafe.Add(ref state, 1);
        uint c = Unsafe.Add(ref state, 2);
        uint d = Unsafe.Add(ref state, 3);
        uint e = Unsafe.Add(ref state, 4);
        uint f = Unsafe.Add(ref state, 5);
        uint g = Unsafe.Add(ref state, 6);
        uint h = Unsafe.Add(ref state, 7);
        for (nuint t = 16; t < Rounds; t += 16)
        {
            FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref words);
            w0 = Next(w0, w1, w2, w3);
            (w0 + Vector128.LoadUnsafe(ref constants, t)).StoreUnsafe(ref words);
            FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref Unsafe.Add(ref words, 4));
            w1 = Next(w1, w2, w3, w0);
            (w1 + Vector128.LoadUnsafe(ref constants, t + 4)).StoreUnsafe(ref words, 4);
            FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref Unsafe.Add(ref words, 8));
            w2 = Next(w2, w3, w0, w1);
            (w2 + Vector128.LoadUnsafe(ref constants, t + 8)).StoreUnsafe(ref words, 8);
            FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref Unsafe.Add(ref words, 12));
            w3 = Next(w3, w0, w1, w2);
            (w3 + Vector128.LoadUnsafe(ref constants, t + 12)).StoreUnsafe(ref words, 12);
        }

        FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref words);
        FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref Unsafe.Add(ref words, 4));
        FourRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, ref Unsafe.Add(ref words, 8));
        FourRounds(ref e, ref f, ref g, ref h, ref a, ref b, ref c, ref d, ref Unsafe.Add(ref words, 12));
        state += a;
        Unsafe.Add(ref state, 1) += b;
        Unsafe.Add(ref state, 2) += c;
        Unsafe.Add(ref state, 3) += d;
        Unsafe.Add(ref state, 4) += e;
        Unsafe.Add(ref state, 5) += f;
        Unsafe.Add(ref state, 6) += g;
        Unsafe.Add(ref state, 7) += h;
    }

    // Instead of moving on by one place with each round, the variables change roles; after eight rounds all are back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRounds(
        ref uint a, ref uint b, ref uint c, ref uint d, ref uint e, ref uint f, ref uint g, ref uint h, ref uint word)
    {
        Round(a, b, c, ref d, e, f, g, ref h, word);
        Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref word, 1));
        Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref word, 2));
        Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref word, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint word)
    {
        h += word;
        uint change = (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
            + (g ^ (e & (f ^ g)));
        d = d + h + change;
        h = h + change + ((a & b) | (c & (a | b)))
            + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
    }

    // W(t) = s1(W(t-2)) + W(t-7) + s0(W(t-15)) + W(t-16), for t to t+3 from the sixteen words before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(Vector128<uint> w0, Vector128<uint> w1, Vector128<uint> w2, Vector128<uint> w3)
    {
        Vector128<uint> before15 = FromSecond(w0, w1);
        Vector128<uint> sum = w0 + FromSecond(w2, w3)
            + (Rotate(before15, 7) ^ Rotate(before15, 18) ^ (before15 >>> 3));

        // The last two words need the first two.
        sum += Sigma1(Vector128.Shuffle(w3, Vector128.Create(2u, 2, 3, 3))) & Vector128.Create(~0u, ~0u, 0, 0);
        return sum + (Sigma1(Vector128.Shuffle(sum, Vector128.Create(0u, 0, 1, 1))) & Vector128.Create(0, 0, ~0u, ~0u));
    }

    // s1 of two words, each given twice in a row, so that a shift of 64 bits rotates it. Two words, twice: 0 1 0 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sigma1(Vector128<uint> doubled)
    {
        Vector128<ulong> pairs = doubled.AsUInt64();
        Vector128<uint> result = (pairs >>> 17).AsUInt32() ^ (pairs >>> 19).AsUInt32() ^ (doubled >>> 10);
        return Vector128.Shuffle(result, Vector128.Create(0u, 2, 0, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> words, int bits) => (words >>> bits) | (words << (32 - bits));

    // Four words from the second on of eight in a row; in the instructions of every x64 processor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> FromSecond(Vector128<uint> low, Vector128<uint> high) =>
        Sse.IsSupported
            ? Vector128.Shuffle(Sse.MoveScalar(low.AsSingle(), high.AsSingle()).AsUInt32(), Vector128.Create(1u, 2, 3, 0))
            : AdvSimd.IsSupported
                ? AdvSimd.ExtractVector128(low, high, 1)
                : Vector128.Create(low[1], low[2], low[3], high[0]);

    // Four words, most significant byte first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load(ref byte block, nuint offset)
    {
        Vector128<ushort> halves = Vector128.LoadUnsafe(ref block, offset).AsUInt16();
        return BitConverter.IsLittleEndian
            ? Rotate(((halves >>> 8) | (halves << 8)).AsUInt32(), 16)
            : halves.AsUInt32();
    }
}
