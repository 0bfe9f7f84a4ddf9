namespace GuestAgent.Sessions;

/// <summary>
/// Starts calls one after the other on the thread pool. Connections are read on the thread that serves all sockets; what
/// may block there, such as a program on a file system that does not answer, would stop every other connection.
/// </summary>
internal sealed class StartQueue
{
    // Some pieces of an upload, so that one can come in while another is written.
    private const int MaxBytes = 512 * 1024;

    private readonly Queue<(Action Start, int Bytes)> _waiting = new();
    private TaskCompletionSource? _room;
    private long _bytes;
    private bool _running;

    /// <summary>True while a start is under way: a later one must wait its turn.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_waiting)
            {
                return _running;
            }
        }
    }

    /// <summary>Completes when there is room for more: at once, unless what waits keeps much memory.</summary>
    public Task WhenRoomAsync()
    {
        lock (_waiting)
        {
            return _bytes < MaxBytes
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Runs <paramref name="start"/> when all before it have run.</summary>
    /// <param name="start">What is to run.</param>
    /// <param name="bytes">Memory that it keeps until then.</param>
    public void Post(Action start, int bytes)
    {
        lock (_waiting)
        {
            _bytes += bytes;
            _waiting.Enqueue((start, bytes));
            if (_running)
            {
                return;
            }

            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.RunAll(), this, preferLocal: false);
    }

    private void RunAll()
    {
        while (true)
        {
            (Action Start, int Bytes) next;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _running = false;
                    return;
                }
            }

            next.Start();
            Free(next.Bytes);
        }
    }

    private void Free(int bytes)
    {
        TaskCompletionSource? room = null;
        lock (_waiting)
        {
            _bytes -= bytes;
            if (_bytes < MaxBytes)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.SetResult();
    }
}
