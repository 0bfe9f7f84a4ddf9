namespace GuestAgent.Dialects;

/// <summary>Waits that end.</summary>
internal static class Bounded
{
    /// <summary>True when <paramref name="task"/> completes within the time and before the token is cancelled.</summary>
    public static async Task<bool> CompletesAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        await task.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
