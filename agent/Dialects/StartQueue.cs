namespace GuestAgent.Dialects;

/// <summary>
/// Starts calls one after the other on the thread pool. Connections are read on the thread that serves all sockets; what
/// may block there, such as a program on a file system that does not answer, would stop every other connection.
/// </summary>
internal sealed class StartQueue
{
    private readonly Queue<Action> _waiting = new();
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

    /// <summary>Runs <paramref name="start"/> when all before it have run.</summary>
    public void Post(Action start)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(start);
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
            Action start;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out start!))
                {
                    _running = false;
                    return;
                }
            }

            start();
        }
    }
}
