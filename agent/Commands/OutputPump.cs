using System.Buffers;
using GuestAgent.Linux.Io;

namespace GuestAgent.Commands;

/// <summary>Carries one output of a command from its pipe to its sink, exactly as far as the command itself wrote.</summary>
internal static class OutputPump
{
    // Half a pipe: large enough to be cheap, small enough for other messages to get through between two pieces.
    private const int PieceBytes = 32 * 1024;

    /// <summary>
    /// Reads until the pipe ends, or until the command has exited and what was in the pipe then is read: a grandchild
    /// that keeps the pipe open does not delay the result.
    /// </summary>
    /// <param name="pipe">The agent's end.</param>
    /// <param name="sink">Where the bytes go.</param>
    /// <param name="exited">Cancelled when the command has exited.</param>
    /// <param name="giveUp">Cancelled when the host's slowness is waited for no longer.</param>
    /// <returns>True when the pipe has ended; false when somebody still holds it.</returns>
    public static async Task<bool> RunAsync(
        AsyncDescriptor pipe, IOutputSink sink, CancellationToken exited, CancellationToken giveUp)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            return await FollowAsync(pipe, sink, buffer, exited, giveUp) || await FinishAsync(pipe, sink, buffer, giveUp);
        }
        catch (OperationCanceledException)
        {
            sink.CutOff();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads what is in the pipe of a command that has exited.</summary>
    /// <returns>As <see cref="RunAsync"/>.</returns>
    public static async Task<bool> CollectAsync(AsyncDescriptor pipe, IOutputSink sink, CancellationToken giveUp)
    {
        if (pipe.Available == 0)
        {
            return IsAtEnd(pipe);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            return await FinishAsync(pipe, sink, buffer, giveUp);
        }
        catch (OperationCanceledException)
        {
            sink.CutOff();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Waits for room only as long as the command runs: with nothing left to read, nobody will make room. Holds no room
    // while there is nothing to read: the other output may need it.
    private static async ValueTask<bool> FollowAsync(
        AsyncDescriptor pipe, IOutputSink sink, byte[] buffer, CancellationToken exited, CancellationToken giveUp)
    {
        try
        {
            while (true)
            {
                int reserved = await sink.ReserveAsync(PieceBytes, exited);
                Transfer transfer = pipe.TryRead(buffer.AsSpan(0, reserved));
                sink.Release(reserved - transfer.Count);
                switch (transfer.Status)
                {
                    case TransferStatus.Nothing:
                        return true;
                    case TransferStatus.WouldBlock:
                        await pipe.WaitAsync(Readiness.Input, exited);
                        break;
                    default:
                        await sink.WriteAsync(buffer.AsMemory(0, transfer.Count), giveUp);
                        break;
                }
            }
        }
        catch (OperationCanceledException e) when (e.CancellationToken == exited)
        {
            return false;
        }
    }

    private static async ValueTask<bool> FinishAsync(
        AsyncDescriptor pipe, IOutputSink sink, byte[] buffer, CancellationToken giveUp)
    {
        // What is in the pipe now was written before the exit was seen; what comes later is a grandchild's.
        for (int left = pipe.Available; left > 0;)
        {
            int reserved = await sink.ReserveAsync(Math.Min(PieceBytes, left), giveUp);
            Transfer transfer = pipe.TryRead(buffer.AsSpan(0, reserved));
            sink.Release(reserved - transfer.Count);
            if (transfer.Status != TransferStatus.Moved)
            {
                break;
            }

            left -= transfer.Count;
            await sink.WriteAsync(buffer.AsMemory(0, transfer.Count), giveUp);
        }

        return IsAtEnd(pipe);
    }

    private static bool IsAtEnd(AsyncDescriptor pipe)
    {
        Readiness state = pipe.Poll();
        return state.HasFlag(Readiness.HangUp) && !state.HasFlag(Readiness.Input);
    }
}
