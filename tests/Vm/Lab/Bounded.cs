using System.Diagnostics;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Gives every wait of the lab an end and a message that says what did not happen.</summary>
internal static class Bounded
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(
        Func<bool> condition, TimeSpan limit, string what, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw TimedOut(limit, what, null);
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> action, TimeSpan limit, string what, CancellationToken cancellationToken)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(limit);
        try
        {
            return await action(source.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(limit, what, e);
        }
    }

    private static TimeoutException TimedOut(TimeSpan limit, string what, Exception? inner)
        => new($"not within {limit.TotalSeconds:0.#} s: {what}", inner);
}
