namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>
/// Whether the work for an input grows with its length and not with its square: an input is repeated to two lengths, and the
/// processor time of the thread for both compared.
/// </summary>
internal static class WorkGrowth
{
    private const int ShorterBytes = 32 * 1024;
    private const int Times = 8;

    // Linear work takes eight times as long, quadratic work 64 times.
    private const int MostTimes = 30;
    private const int Tries = 4;
    private static readonly TimeSpan Negligible = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Null when it grows as it should.</summary>
    public static Fault? Find(FuzzTarget target, byte[] input)
    {
        if (!target.IsSynchronous || input.Length == 0)
        {
            return null;
        }

        byte[] shorter = Repeated(input, ShorterBytes);
        byte[] longer = Repeated(input, ShorterBytes * Times);
        TimeSpan less = TimeSpan.Zero, more = TimeSpan.Zero;
        for (int i = 0; i < Tries; i++)
        {
            less = Best(less, Measure(target, shorter));
            more = Best(more, Measure(target, longer));
            if (more <= (less > Negligible ? less : Negligible) * MostTimes)
            {
                return null;
            }
        }

        return new Fault(
            "work grows with the length", $"{less.TotalMilliseconds:0.0} ms, and {more.TotalMilliseconds:0.0} ms for {Times} times as much");
    }

    private static TimeSpan Best(TimeSpan one, TimeSpan other) => one == TimeSpan.Zero || other < one ? other : one;

    private static TimeSpan Measure(FuzzTarget target, byte[] input)
    {
        TimeSpan start = ThreadClock.Now;
        Judge.Find(target, input);
        return ThreadClock.Now - start;
    }

    private static byte[] Repeated(byte[] input, int length)
    {
        byte[] whole = new byte[length / input.Length * input.Length];
        for (int at = 0; at < whole.Length; at += input.Length)
        {
            input.CopyTo(whole, at);
        }

        return whole.Length > 0 ? whole : input;
    }
}
