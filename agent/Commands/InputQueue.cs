using System.Threading.Channels;
using GuestAgent.Errors;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Commands;

/// <summary>Pieces for a command's standard input, or for a socket, written in the order in which they came.</summary>
internal sealed class InputQueue
{
    // A host awaits the answer of one piece before it sends many more.
    private const int MaxPieces = 64;

    // Several times what a pipe takes at once; a single larger piece is accepted when nothing else waits.
    private const int MaxBytes = 1024 * 1024;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(MaxPieces);
    private int _bytes;
    private readonly string _reader;
    private readonly string _rule;
    private volatile bool _closed;

    /// <summary>Creates the queue.</summary>
    /// <param name="hasPipe">False for a command that reads the null device: every piece is refused.</param>
    /// <param name="reader">What the pieces are for, in messages.</param>
    /// <param name="rule">The same in one word.</param>
    public InputQueue(bool hasPipe, string reader = "the command's standard input", string rule = "stdin")
    {
        _reader = reader;
        _rule = rule;
        if (!hasPipe)
        {
            Close();
        }
    }

    /// <summary>Bytes that were written.</summary>
    public long TotalBytes { get; private set; }

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
            await DrainAsync(pipe, ended);
        }
    }

    /// <summary>Writes the pieces as they come, until the last one; what takes them stays open.</summary>
    /// <param name="target">What takes them.</param>
    /// <param name="ended">Cancelled when nobody does any more.</param>
    /// <returns>True when the last one is written; false when the reader has gone.</returns>
    public async Task<bool> DrainAsync(AsyncDescriptor target, CancellationToken ended)
    {
        try
        {
            await WriteAsync(target, ended);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or LinuxException { Errno: Errno.EPIPE or Errno.ECONNRESET })
        {
            // Who reads has ended or closed its input: what waits cannot be written, and its senders are told.
            Refuse();
            return false;
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
                TotalBytes += piece.Data.Length;
                piece.Written.SetResult();
            }
        }
    }

    private void Close()
    {
        _closed = true;
        _pieces.Writer.TryComplete();
    }

    private OperationException Closed() => new(
        ErrorCode.NotFound, $"{char.ToUpperInvariant(_reader[0])}{_reader[1..]} is closed.", new ErrorDetail(_rule, "id"));

    private OperationException Full() =>
        new(ErrorCode.Busy, $"Too much waits for {_reader}.", new ErrorDetail(_rule, "data", MaxBytes));

    private readonly record struct Piece(ReadOnlyMemory<byte> Data, TaskCompletionSource Written);
}
