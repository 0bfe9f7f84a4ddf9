using System.Text;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Makes an input of others. The same seed makes the same inputs of the same others.</summary>
internal sealed class Mutator(Random random, FuzzTarget target)
{
    private const int MostChanges = 6;

    private readonly ByteChanges _bytes = new(random);
    private readonly TextChanges _text = new(random, target.Form, target.Words);
    private readonly JsonChanges _json = new(random, target.Words);

    /// <summary>The next input.</summary>
    /// <param name="parent">What it is made of.</param>
    /// <param name="other">What pieces may be taken of.</param>
    public byte[] Next(byte[] parent, byte[] other)
    {
        byte[] input = parent;
        for (int changes = 1 + (int)(MostChanges * random.NextDouble() * random.NextDouble()); changes > 0; changes--)
        {
            input = Change(input, other);
        }

        input = input.Length <= target.MaxBytes ? input : input[..target.MaxBytes];
        if (random.Next(4) != 0)
        {
            input = ReferenceEquals(input, parent) ? [.. input] : input;
            target.Repair(input);
        }

        return input;
    }

    /// <summary>The input as text, for a report: what is not ASCII is escaped.</summary>
    public static string Show(ReadOnlySpan<byte> input)
    {
        var text = new StringBuilder();
        foreach (byte one in input.Length <= 400 ? input : input[..400])
        {
            text.Append(one is >= 0x20 and < 0x7F and not (byte)'\\' ? ((char)one).ToString() : $"\\x{one:x2}");
        }

        return text.Append(input.Length > 400 ? "…" : "").ToString();
    }

    private byte[] Change(byte[] input, byte[] other) => target.Form switch
    {
        InputForm.Json => random.Next(10) switch
        {
            < 5 => _json.Apply(input, other),
            < 8 => _text.Apply(input, other),
            _ => _bytes.Apply(input, other),
        },
        InputForm.Text => random.Next(10) < 6 ? _text.Apply(input, other) : _bytes.Apply(input, other),
        _ => random.Next(10) < 2 ? _text.Apply(input, other) : _bytes.Apply(input, other),
    };
}
