using GuestAgent.Execution;
using GuestAgent.Linux.Io;


namespace GuestAgent.Commands;

/// <summary>
/// Reads and drops what a background process writes after the command that started it has ended: closing the pipe would
/// end the process by SIGPIPE, and not reading it would block it.
/// </summary>
internal static class LeftOverOutput
{
    // Each holds a descriptor. More background processes than this have their pipe closed.
    private const int MaxPipes = 64;

    private static int _pipes;

    /// <summary>Takes over the output pipes of a command that has ended.</summary>
    public static void Discard(ChildProcess child)
    {
        Discard(child.TakeStdout());
        Discard(child.TakeStderr());
    }

    private static void Discard(AsyncDescriptor? pipe)
    {
        if (pipe is null)
        {
            return;
        }

        if (Interlocked.Increment(ref _pipes) > MaxPipes)
        {
            Interlocked.Decrement(ref _pipes);
            pipe.Dispose();
            return;
        }

        _ = DrainAsync(pipe);
    }

    private static async Task DrainAsync(AsyncDescriptor pipe)
    {
        using (pipe)
        {
            byte[] buffer = new byte[512];
            try
            {
                while (await pipe.ReadAsync(buffer, CancellationToken.None) > 0)
                {
                }
            }
            catch (ObjectDisposedException)
            {
                // The agent is stopping.
            }
        }

        Interlocked.Decrement(ref _pipes);
    }
}
