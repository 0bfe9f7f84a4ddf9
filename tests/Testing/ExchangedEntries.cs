using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Testing;

/// <summary>Two names in a directory whose files are exchanged, in one step each time, as fast as it goes until this is disposed.</summary>
public sealed partial class ExchangedEntries : IDisposable
{
    private const int AtWorkingDirectory = -100;
    private const uint Exchange = 2;

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<bool> _done = new();
    private readonly Task _exchanging;

    /// <summary>Begins.</summary>
    /// <param name="one">A path, where something is.</param>
    /// <param name="other">Another one.</param>
    /// <param name="user">Number of the user who does it, whose directory it is; only root can act as another one.</param>
    public ExchangedEntries(string one, string other, int user)
    {
        _exchanging = Task.Factory.StartNew(
            () =>
            {
                // Of this thread alone, which ends with it.
                _ = setfsgid(user);
                _ = setfsuid(user);
                _done.TrySetResult(renameat2(AtWorkingDirectory, one, AtWorkingDirectory, other, Exchange) == 0);
                while (!_end.IsCancellationRequested)
                {
                    // One of them may be away for a moment.
                    _ = renameat2(AtWorkingDirectory, one, AtWorkingDirectory, other, Exchange);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (!_done.Task.WaitAsync(TestTimeouts.Answer).GetAwaiter().GetResult())
        {
            throw new InvalidOperationException($"{one} and {other} cannot be exchanged");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _ = _exchanging.Wait(TestTimeouts.Stop);
        _end.Dispose();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int renameat2(int directory, string path, int otherDirectory, string otherPath, uint flags);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setfsuid(int user);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setfsgid(int group);
}
