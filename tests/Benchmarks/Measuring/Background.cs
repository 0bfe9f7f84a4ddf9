namespace GuestAgent.Benchmarks.Measuring;

/// <summary>Runs blocking code on a thread of its own.</summary>
internal static class Background
{
    public static Task Run(Action action) => Task.Factory.StartNew(
        action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
