namespace GuestAgent.Sessions;

/// <summary>Waits that end.</summary>
internal static class Bounded
{
    /// <summary>Waits for <paramref name="task"/>, but not longer than <paramref name="limit"/>.</summary>
    public static async Task CompletesAsync(Task task, TimeSpan limit) =>
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
