using Xunit;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>
/// Bounds every wait of these tests: far longer than any of them needs, so that only a hang exceeds it.
/// </summary>
internal static class Within
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task InTime(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task InTime(this ValueTask task) => task.AsTask().InTime();

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();
}
