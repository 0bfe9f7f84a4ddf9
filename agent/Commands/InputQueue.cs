using System.Threading.Channels;
using GuestAgent.Errors;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Commands;

/// <summary>Pieces for a command's standard input, written in the order in which they came.</summary>
internal sealed class InputQueue
{
    // A host awaits the answer of one piece before it sends many more.
    private const int MaxPieces = 64;

    // Several times what a pipe takes at once; a single larger piece is accepted when nothing else waits.
    private const int MaxBytes = 1024 * 1024;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(MaxPieces);
    private int _bytes;
    private volatile bool _closed;

    /// <summary>Creates the queue.</summary>
    /// <param name="hasPipe">False for a command that reads the null device: every piece is refused.</param>
    public InputQueue(bool hasPipe)
    {
        if (!hasPipe)
        {
            Close();
        }
    }

    /// <summary>Adds a piece; completes when the command's pipe has taken it.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="isLast">True closes the input after them.</param>
    /// <param name="cancellationToken">Stops waiting; the piece is written all the same.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: the input is closed.
    /// <see cref="ErrorCode.Busy"/>: too much waits.</exception>
    public async Task AddAsync(ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken)
    {
        var piece = new Piece(data, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        int waiting = Interlocked.Add(ref _bytes, data.Length) - data.Length;
        bool fits = waiting == 0 || waiting + data.Length <= MaxBytes;
        if (!fits || !_pieces.Writer.TryWrite(piece))
        {
            Interlocked.Add(ref _bytes, -data.Length);
            throw _closed ? Closed() : Full();
        }

        if (isLast)
        {
            Close();
        }

        await piece.Written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes the pieces as they come, until the last one or the command's end; then closes the pipe.</summary>
    public async Task PumpAsync(AsyncDescriptor pipe, CancellationToken ended)
    {
        using (pipe)
        {
            try
            {
                await WriteAsync(pipe, ended);
            }
            catch (Exception e) when (e is OperationCanceledException or LinuxException { Errno: Errno.EPIPE })
            {
                // The command has ended or closed its input: what waits cannot be written, and its senders are told.
                Refuse();
            }
        }
    }

    /// <summary>Takes no more pieces and refuses those that wait. Not while the pump runs.</summary>
    public void Refuse()
    {
        Close();
        while (_pieces.Reader.TryRead(out Piece piece))
        {
            piece.Written.SetException(Closed());
        }
    }

    private async ValueTask WriteAsync(AsyncDescriptor pipe, CancellationToken ended)
    {
        while (await _pieces.Reader.WaitToReadAsync(ended))
        {
            while (_pieces.Reader.TryPeek(out Piece piece))
            {
                await pipe.WriteAllAsync(piece.Data, ended);
                _pieces.Reader.TryRead(out _);
                Interlocked.Add(ref _bytes, -piece.Data.Length);
                piece.Written.SetResult();
            }
        }
    }

    private void Close()
    {
        _closed = true;
        _pieces.Writer.TryComplete();
    }

    private static OperationException Closed() =>
        new(ErrorCode.NotFound, "The command's standard input is closed.", new ErrorDetail("stdin", "id"));

    private static OperationException Full() => new(
        ErrorCode.Busy, "Too much input waits for the command.", new ErrorDetail("stdin", "data", MaxBytes));

    private readonly record struct Piece(ReadOnlyMemory<byte> Data, TaskCompletionSource Written);
}
