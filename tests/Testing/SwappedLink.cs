using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Testing;

/// <summary>A symbolic link that leads to two places by turns, changed as fast as it goes until this is disposed.</summary>
public sealed partial class SwappedLink : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<bool> _made = new();
    private readonly Task _swapping;

    /// <summary>Makes it.</summary>
    /// <param name="path">Where it is; two more names with this beginning are used.</param>
    /// <param name="one">What it leads to.</param>
    /// <param name="other">What it leads to the next time.</param>
    /// <param name="user">Number of the user who does it, whose directory it is; only root can act as another one.</param>
    public SwappedLink(string path, string one, string other, int? user = null)
    {
        _swapping = Task.Factory.StartNew(
            () =>
            {
                // Of this thread alone, which ends with it.
                if (user is { } id)
                {
                    _ = setfsgid(id);
                    _ = setfsuid(id);
                }

                _ = symlink(one, path);
                _ = symlink(other, path + "-other");
                _made.TrySetResult(new FileInfo(path).LinkTarget is not null);
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
        if (!_made.Task.WaitAsync(TestTimeouts.Answer).GetAwaiter().GetResult())
        {
            throw new InvalidOperationException($"{path} cannot be made");
        }
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

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int symlink(string target, string path);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setfsuid(int user);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setfsgid(int group);
}
