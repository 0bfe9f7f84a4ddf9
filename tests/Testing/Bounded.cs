using System.Diagnostics;

namespace GuestAgent.Tests.Testing;

/// <summary>Waits that end, with a message that says what did not happen.</summary>
public static class Bounded
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for something outside of this process that cannot be awaited.</summary>
    /// <param name="condition">Looks at it.</param>
    /// <param name="what">What is waited for; asked when it did not happen.</param>
    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TestTimeouts.Answer)
            {
                throw new TimeoutException($"not within {TestTimeouts.Answer.TotalSeconds} s: {what()}");
            }

            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Waits for a task.</summary>
    public static async Task<T> WithinAsync<T>(this Task<T> task, TimeSpan limit, string what)
    {
        try
        {
            return await task.WaitAsync(limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"not within {limit.TotalSeconds} s: {what}", e);
        }
    }
}
