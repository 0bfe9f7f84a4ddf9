using System.Threading.Channels;
using GuestAgent.Errors;
using GuestAgent.Linux;

namespace GuestAgent.Commands;

/// <summary>Pieces for a command's standard input, written in the order in which they came.</summary>
internal sealed class InputQueue
{
    // A host awaits the answer of one piece before it sends many more.
    private const int MaxPieces = 64;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(MaxPieces);
    private volatile bool _closed;

    /// <summary>Adds a piece; completes when the command's pipe has taken it.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="isLast">True closes the input after them.</param>
    /// <param name="cancellationToken">Stops waiting; the piece is written all the same.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: the input is closed.
    /// <see cref="ErrorCode.Busy"/>: too many pieces wait.</exception>
    public async Task AddAsync(ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken)
    {
        var piece = new Piece(data, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_pieces.Writer.TryWrite(piece))
        {
            throw _closed
                ? Closed()
                : new OperationException(
                    ErrorCode.Busy, "Too much input waits for the command.", new ErrorDetail("stdin", Limit: MaxPieces));
        }

        if (isLast)
        {
            Close();
        }

        await piece.Written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more pieces.</summary>
    public void Close()
    {
        _closed = true;
        _pieces.Writer.TryComplete();
    }

    /// <summary>Writes the pieces as they come, until the last one or the command's end; then closes the pipe.</summary>
    public async Task PumpAsync(AsyncDescriptor pipe, CancellationToken ended)
    {
        try
        {
            while (await _pieces.Reader.WaitToReadAsync(ended))
            {
                while (_pieces.Reader.TryPeek(out Piece piece))
                {
                    await pipe.WriteAllAsync(piece.Data, ended);
                    _pieces.Reader.TryRead(out _);
                    piece.Written.SetResult();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LinuxException { Errno: Errno.EPIPE })
        {
            // The command has ended or closed its input: what waits cannot be written, and its senders are told.
            Close();
            while (_pieces.Reader.TryRead(out Piece piece))
            {
                piece.Written.SetException(Closed());
            }
        }

        pipe.Dispose();
    }

    private static OperationException Closed() =>
        new(ErrorCode.NotFound, "The command's standard input is closed.", new ErrorDetail("stdin", "params.id"));

    private readonly record struct Piece(ReadOnlyMemory<byte> Data, TaskCompletionSource Written);
}
