using System.Threading.Channels;
using GuestAgent.Contracts.Exec;

namespace GuestAgent.Host.Commands;

/// <summary>
/// The output of one running command between the connection's reader, which must never wait, and a consumer that may be
/// slow. Holds the agent to the window that it was granted and to gapless offsets.
/// </summary>
/// <param name="window">Bytes that may come before more are granted.</param>
internal sealed class CommandOutput(int window)
{
    private readonly Lock _gate = new();
    private readonly long[] _received = new long[2];

    // Rings when something came, completes when nothing more will. One ring is as good as many.
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private OutputBatch _arriving = new();
    private OutputBatch _leaving = new();
    private long _granted = window;

    /// <summary>True while the consumer has not taken everything that came.</summary>
    public bool HasUnread
    {
        get
        {
            lock (_gate)
            {
                return !_arriving.IsEmpty || !_leaving.IsEmpty;
            }
        }
    }

    /// <summary>Bytes of <paramref name="stream"/> that have come.</summary>
    public long Received(OutputChannel stream)
    {
        lock (_gate)
        {
            return _received[(int)stream];
        }
    }

    /// <summary>Stores a piece.</summary>
    /// <exception cref="GuestConnectionException">The agent left out or repeated bytes, or was not granted so
    /// many.</exception>
    public void Accept(ExecOutput piece)
    {
        lock (_gate)
        {
            ref long received = ref _received[(int)piece.Stream];
            if (piece.Offset != received)
            {
                throw GuestConnectionException.Violation(
                    $"output came for offset {piece.Offset} where {received} was next.");
            }

            if (piece.Data.Length > _granted)
            {
                throw GuestConnectionException.Violation(
                    $"{piece.Data.Length} bytes of output came where {_granted} were granted.");
            }

            if (piece.Data.IsEmpty)
            {
                return;
            }

            _arriving.Add(piece.Stream, piece.Offset, piece.Data.Span);
            _granted -= piece.Data.Length;
            received += piece.Data.Length;
        }

        _bell.Writer.TryWrite(true);
    }

    /// <summary>Lets the agent send more.</summary>
    public void Grant(int bytes)
    {
        lock (_gate)
        {
            _granted += bytes;
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _bell.Writer.TryComplete();

    /// <summary>The next piece, waiting for it; null when nothing more will come. One consumer at a time.</summary>
    public async ValueTask<OutputChunk?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryTake() is { } chunk)
            {
                return chunk;
            }

            if (!await _bell.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return TryTake();
            }

            _bell.Reader.TryRead(out _);
        }
    }

    private OutputChunk? TryTake()
    {
        lock (_gate)
        {
            if (_leaving.IsEmpty)
            {
                if (_arriving.IsEmpty)
                {
                    return null;
                }

                (_leaving, _arriving) = (_arriving, new OutputBatch());
            }

            return _leaving.Take();
        }
    }
}
