using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Support;

/// <summary>A symbolic link that leads to two places by turns, changed as fast as it goes until this is disposed.</summary>
public sealed partial class SwappedLink : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _swapping;

    /// <summary>Makes it.</summary>
    /// <param name="path">Where it is; two more names with this beginning are used.</param>
    /// <param name="one">What it leads to.</param>
    /// <param name="other">What it leads to the next time.</param>
    public SwappedLink(string path, string one, string other)
    {
        File.CreateSymbolicLink(path, one);
        File.CreateSymbolicLink(path + "-other", other);
        _swapping = Task.Factory.StartNew(
            () =>
            {
                while (!_end.IsCancellationRequested)
                {
                    _ = rename(path, path + "-spare");
                    _ = rename(path + "-other", path);
                    _ = rename(path + "-spare", path + "-other");
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _ = _swapping.Wait(TestTimeouts.Stop);
        _end.Dispose();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int rename(string from, string to);
}
