namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Makes an input shorter and plainer that still shows the same fault.</summary>
internal static class Shrinker
{
    private const int MostTries = 1500;

    /// <summary>The shortest that was found.</summary>
    public static byte[] Shrink(FuzzTarget target, byte[] input, string kind)
    {
        int tries = 0;
        bool Shows(byte[] shorter) => tries++ < MostTries && Judge.Find(target, shorter)?.Kind == kind;

        for (int size = Math.Max(1, input.Length / 2); size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + size)..]];
                if (Shows(shorter))
                {
                    input = shorter;
                }
                else
                {
                    at += size;
                }
            }
        }

        for (int at = 0; at < input.Length; at++)
        {
            byte[] plainer = [.. input];
            plainer[at] = (byte)'a';
            if (input[at] != (byte)'a' && Shows(plainer))
            {
                input = plainer;
            }
        }

        return input;
    }
}
