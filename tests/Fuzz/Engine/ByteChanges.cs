using System.Buffers.Binary;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Changes that know nothing but bytes, and that some of them are lengths.</summary>
internal sealed class ByteChanges(Random random)
{
    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 1023, 1024, 4095, 4096, 32767, 32768,
        65535, 65536, 0xFFFFFF, int.MaxValue, int.MinValue, 0x80000000, uint.MaxValue, 0x100000000, long.MaxValue, long.MinValue,
    ];

    /// <summary>One change.</summary>
    public byte[] Apply(byte[] input, byte[] other)
    {
        int at = random.Next(input.Length + 1);
        int length = Length(input.Length - at);
        switch (random.Next(11))
        {
            case 0:
                return Changed(input, at, b => (byte)(b ^ (1 << random.Next(8))));
            case 1:
                return Changed(input, at, _ => (byte)random.Next(256));
            case 2:
                return Changed(input, at, b => (byte)(b + random.Next(-16, 17)));
            case 3:
                return Number(input, at);
            case 4:
                return input[..at];
            case 5:
                return [.. input[..at], .. input[(at + length)..]];
            case 6:
                return [.. input[..(at + length)], .. Repeated(input[at..(at + length)]), .. input[(at + length)..]];
            case 7:
                return [.. input[..at], .. other[random.Next(other.Length + 1)..]];
            case 8:
                int from = random.Next(other.Length + 1);
                return [.. input[..at], .. other[from..(from + Length(other.Length - from))], .. input[at..]];
            case 9:
                byte[] noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                return [.. input[..at], .. noise, .. input[at..]];
            default:
                int to = random.Next(input.Length - length + 1);
                byte[] rest = [.. input[..at], .. input[(at + length)..]];
                return [.. rest[..to], .. input[at..(at + length)], .. rest[to..]];
        }
    }

    /// <summary>Mostly few, now and then many.</summary>
    public int Length(int most) => random.Next(3) switch
    {
        0 => random.Next(most + 1),
        1 => Math.Min(most, random.Next(1, 9)),
        _ => Math.Min(most, random.Next(1, 65)),
    };

    private byte[] Repeated(byte[] piece)
    {
        int times = random.Next(8) == 0 ? random.Next(2, 1 + Math.Clamp(4096 / Math.Max(1, piece.Length), 2, 300)) : 1;
        return [.. Enumerable.Repeat(piece, times).SelectMany(b => b)];
    }

    private static byte[] Changed(byte[] input, int at, Func<byte, byte> change)
    {
        if (at == input.Length)
        {
            return [.. input, change(0)];
        }

        byte[] changed = [.. input];
        changed[at] = change(changed[at]);
        return changed;
    }

    // A length field: an interesting number, what is really behind it, or nearly that.
    private byte[] Number(byte[] input, int at)
    {
        byte[] changed = [.. input];
        int size = 1 << random.Next(1, 4);
        at = random.Next(2) == 0 ? at & ~(size - 1) : at;
        if (at + size > changed.Length)
        {
            return changed;
        }

        long value = random.Next(3) switch
        {
            0 => changed.Length - at - (random.Next(2) * size) + random.Next(-2, 3),
            _ => Numbers[random.Next(Numbers.Length)],
        };
        Span<byte> whole = stackalloc byte[sizeof(long)];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(whole, value);
            whole[..size].CopyTo(changed.AsSpan(at));
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(whole, value);
            whole[^size..].CopyTo(changed.AsSpan(at));
        }

        return changed;
    }
}
