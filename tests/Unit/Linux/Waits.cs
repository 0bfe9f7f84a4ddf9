using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>Bounds every wait of these tests: far longer than any of them needs, so that only a hang exceeds it.</summary>
internal static class Waits
{
    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task InTime(this Task task) => task.WaitAsync(Limit, Token);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Limit, Token);

    public static Task InTime(this ValueTask task) => task.AsTask().InTime();

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();

    /// <summary>For what the kernel announces to nobody, such as the removal of a zombie.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
