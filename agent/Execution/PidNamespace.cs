using GuestAgent.Linux.Native;


namespace GuestAgent.Execution;

/// <summary>
/// Starts a process as the first one of a PID namespace. unshare(2) with CLONE_NEWPID changes nothing but where the next
/// children of the calling thread are born; a thread of its own is spent on each start, so that no other child of the agent
/// is ever born there, and so that the restriction that such a thread cannot start threads meets nobody.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man7/pid_namespaces.7.html</remarks>
internal static class PidNamespace
{
    private const int StackBytes = 256 * 1024;

    /// <summary>Runs a start, inside of a new namespace if there can be one.</summary>
    /// <param name="start">The start.</param>
    /// <param name="isInside">Whether it took place inside.</param>
    /// <returns>What <paramref name="start"/> returns.</returns>
    public static int Run(Func<int> start, out bool isInside)
    {
        bool inside = false;
        int result = 0;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    inside = LibC.unshare(LibC.CLONE_NEWPID) == 0;
                    result = start();
                }
                catch (Exception e) when (e is LinuxException or ObjectDisposedException or OutOfMemoryException)
                {
                    failure = e;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        isInside = inside;
        return failure is null
            ? result
            : throw (failure as LinuxException ?? new LinuxException("start in a PID namespace", Errno.ENOMEM));
    }
}
